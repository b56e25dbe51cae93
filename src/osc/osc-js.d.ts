// The part of osc-js that deskd uses. Its own types describe a default export that its CommonJS build does not have.
declare module 'osc-js' {
  class TypedMessage {
    constructor(address: string, args: readonly { readonly type: string; readonly value: number | string | boolean }[])
    pack(): Uint8Array
  }
  const OSC: { readonly TypedMessage: typeof TypedMessage }
  export default OSC
}
