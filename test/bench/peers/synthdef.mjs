// SuperCollider's binary SynthDefs (SCgf, version 2) and scores, written without its language.

/** Rates of a unit generator. */
const audio = 2

/** Collects unit generators; an input is a number or what `ugen` gave, an output of another. */
export class SynthDef {
  #constants = []
  #ugens = []

  constructor(name) {
    this.name = name
  }

  /** Gives its outputs. All run at audio rate. */
  ugen(className, inputs, outputCount = 1) {
    const index = this.#ugens.push({ className, inputs, outputCount }) - 1
    return Array.from({ length: outputCount }, (_, output) => ({ index, output }))
  }

  bytes() {
    const ugens = this.#ugens.map((ugen) => this.#ugenBytes(ugen))
    const constants = this.#constants.map(float32)
    const none = [int32(0), int32(0)] // parameters and their names
    const parts = [pascal(this.name), int32(constants.length), ...constants, ...none, int32(ugens.length), ...ugens, int16(0)]
    return Buffer.concat([Buffer.from('SCgf'), int32(2), int16(1), ...parts])
  }

  #ugenBytes({ className, inputs, outputCount }) {
    const head = [pascal(className), Buffer.of(audio), int32(inputs.length), int32(outputCount), int16(0)]
    return Buffer.concat([...head, ...inputs.map((input) => this.#inputBytes(input)), Buffer.alloc(outputCount, audio)])
  }

  #inputBytes(input) {
    if (typeof input === 'object') return Buffer.concat([int32(input.index), int32(input.output)])
    if (!this.#constants.includes(input)) this.#constants.push(input)
    return Buffer.concat([int32(-1), int32(this.#constants.indexOf(input))])
  }
}

/** A score: bundles of messages (address, then numbers, texts and blobs), each with its second. */
export const scoreBytes = (bundles) =>
  Buffer.concat(
    bundles.flatMap(({ seconds, messages }) => {
      const time = Buffer.alloc(8)
      time.writeUInt32BE(seconds)
      const elements = messages.map(messageBytes).flatMap((bytes) => [int32(bytes.length), bytes])
      const bundle = Buffer.concat([Buffer.from('#bundle\0'), time, ...elements])
      return [int32(bundle.length), bundle]
    }),
  )

function messageBytes([address, ...args]) {
  const tags = args.map((arg) => (typeof arg === 'string' ? 's' : typeof arg === 'number' ? 'i' : 'b')).join('')
  return Buffer.concat([text(address), text(`,${tags}`), ...args.map(argBytes)])
}

function argBytes(arg) {
  if (typeof arg === 'string') return text(arg)
  return typeof arg === 'number' ? int32(arg) : Buffer.concat([int32(arg.length), padded(arg, arg.length)])
}

const text = (value) => padded(Buffer.from(value), Buffer.byteLength(value) + 1)
const padded = (bytes, least) => Buffer.concat([bytes], (least + 3) & ~3)
const pascal = (value) => Buffer.concat([Buffer.of(value.length), Buffer.from(value)])

function int16(value) {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function float32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatBE(value)
  return bytes
}
