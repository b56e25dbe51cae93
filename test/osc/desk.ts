// A desk of four strips and two buses for the OSC tests: the real store, noted actions, fixed meters.

import { decode, isBundle, type OscMessage } from '../../src/osc/decode.js'
import type { DeskPort } from '../../src/osc/desk-port.js'
import { encodeMessage, type TypedArg } from '../../src/osc/encode.js'
import { createOscServer } from '../../src/osc/server.js'
import { buildRegistry, isParam, isText, type Param, type TextParam } from '../../src/params/registry.js'
import { clearSolos } from '../../src/params/solo.js'
import { defaultTexts, defaultValues, ParameterStore, type Veto } from '../../src/params/store.js'

export const registry = buildRegistry({
  stripStereo: [false, false, true, false],
  busCount: 2,
  inputCount: 2,
  outputCount: 2,
  dcaCount: 2,
  fxCount: 2,
})

export const param = (id: string): Param => {
  const entry = registry.byId.get(id)
  if (!entry || !isParam(entry)) throw new Error(`no parameter ${id}`)
  return entry
}

export const text = (id: string): TextParam => {
  const entry = registry.byId.get(id)
  if (!entry || !isText(entry)) throw new Error(`no text ${id}`)
  return entry
}

/** Every meter's raw slot holds .5: −6.02 dB where that is an amplitude. */
export function testDesk(veto?: Veto) {
  const done: unknown[][] = []
  const events: [index: number, value: number][] = []
  const sink = { set: (index: number, value: number) => void events.push([index, value]), setText: () => {} }
  const store = new ParameterStore(registry, defaultValues(registry), defaultTexts(registry), sink, veto)
  const desk: DeskPort = {
    store,
    sampleRateHz: 48000,
    meter: () => 0.5,
    run: (name, args) => {
      done.push([name, ...args])
      if (name === 'solo.clear') clearSolos(store, name)
    },
    info: () => ({ name: 'deskd', version: '0.1.0', oscAddress: '127.0.0.1:9000', audio: 'virtual, 48000 Hz' }),
    status: () => ({ frames: 96000 }),
  }
  return { desk, store, done, events }
}

export const clientA = { address: '127.0.0.1', port: 50001 }
export const clientB = { address: '127.0.0.1', port: 50002 }

export const number = (value: number): TypedArg => ({ type: 'f', value })
export const string = (value: string): TypedArg => ({ type: 's', value })

export function messageOf(bytes: Uint8Array): OscMessage {
  const packet = decode(bytes)
  if (typeof packet === 'string' || isBundle(packet)) throw new Error(`no message: ${JSON.stringify(packet)}`)
  return packet
}

/** A server on that desk with what it sends, in words: `50001 /strip/1/mute 1`. */
export function testServer(veto?: Veto) {
  const at = testDesk(veto)
  const server = createOscServer(at.desk)
  const sent: string[] = []
  server.outgoing$.subscribe(({ bytes, to }) => {
    const { address, args } = messageOf(bytes)
    sent.push([to.port, address, ...args].join(' '))
  })
  at.store.changes$.subscribe(server.changed)
  const receive = (bytes: Uint8Array, from = clientA): void => server.receive({ bytes, from })
  const say = (address: string, args: readonly TypedArg[] = [], from = clientA): void =>
    receive(encodeMessage(address, args), from)
  /** Until nothing waits; a last turn lets promises settle. */
  const idle = async (): Promise<void> => {
    do await new Promise(setImmediate)
    while (server.pending() > 0)
    await new Promise(setImmediate)
  }
  /** Says something and gives what came back. */
  const talk = async (address: string, args: readonly TypedArg[] = [], from = clientA): Promise<string[]> => {
    sent.length = 0
    say(address, args, from)
    await idle()
    return [...sent]
  }
  return { ...at, server, sent, receive, say, idle, talk }
}
