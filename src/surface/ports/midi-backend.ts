// The system's MIDI ports by way of RtMidi. Any call here may block, so only the MIDI process makes them.
import { readFileSync } from 'node:fs'
import { Input, Output } from '@julusian/midi/lazy'
import { type FoundPort, portList } from './port-list.js'
import { isPulled, usbPlug } from './usb-plug.js'

export interface BackendLink {
  send(bytes: Uint8Array): void
  close(): void
}

export interface MidiBackend {
  /** Throws in words where there is no MIDI. */
  list(): FoundPort[]
  /** Throws in words. */
  open(port: FoundPort, receive: (bytes: Uint8Array) => void): BackendLink
  /** False when the port's other end has lost the connection without going away. */
  isConnected(port: FoundPort): boolean
}

/** One long-lived object a direction: each new one is another client of the sequencer. */
let lists: { readonly input: Input; readonly output: Output } | undefined

const namesOf = (ports: Input | Output): string[] => Array.from({ length: ports.getPortCount() }, (_, i) => ports.getPortName(i))

/** A card that was just pulled is listed a moment longer than it is in /sys, and has lost its place. */
const isWhole = ({ input, output }: FoundPort): boolean =>
  [input, output].every((name) => name === undefined || !isPulled(clientOf(name)))

const clientOf = (name: string): number => Number(/ (\d+):\d+$/.exec(name)?.[1] ?? -1)

/** RtMidi opens by number alone, and numbers move. */
function numberOf(ports: Input | Output, name: string): number {
  const number = namesOf(ports).indexOf(name)
  if (number < 0) throw new Error(`${name} is gone`)
  return number
}

export const rtMidi: MidiBackend = {
  list() {
    try {
      lists ??= { input: new Input(), output: new Output() }
      return portList(namesOf(lists.input), namesOf(lists.output), usbPlug).filter(isWhole)
    } catch (error) {
      lists = undefined
      throw error
    }
  },

  // Objects are never opened twice: closed and opened again in one go, an Input stays closed.
  open(port, receive) {
    const input = port.input === undefined ? undefined : new Input()
    const output = port.output === undefined ? undefined : new Output()
    const close = (): void => {
      input?.destroy()
      output?.destroy()
    }
    try {
      input?.ignoreTypes(false, true, true)
      input?.on('messageBuffer', (_, bytes) => receive(bytes))
      if (input) input.openPort(numberOf(input, port.input!))
      if (output) output.openPort(numberOf(output, port.output!))
    } catch (error) {
      close()
      throw error
    }
    return {
      send: (bytes) => output?.sendMessage(Buffer.from(bytes)),
      close,
    }
  },

  isConnected({ input, output }) {
    const clients = sequencerClients()
    if (clients === undefined) return true
    const isLinked = (name: string | undefined, word: string): boolean =>
      name === undefined || portText(clients, name).includes(word)
    return isLinked(input, 'Connecting To:') && isLinked(output, 'Connected From:')
  },
}

function sequencerClients(): string | undefined {
  try {
    return readFileSync('/proc/asound/seq/clients', 'utf8')
  } catch {
    return undefined
  }
}

/** What the sequencer says of one port: its own line and those of its connections. */
function portText(clients: string, name: string): string {
  const [, client, port] = /(\d+):(\d+)$/.exec(name) ?? []
  const ofClient = new RegExp(`^Client +${client} :[^]*?(?=^Client|(?![^]))`, 'm').exec(clients)?.[0] ?? ''
  return new RegExp(`^ +Port +${port} :[^]*?(?=^ +Port|(?![^]))`, 'm').exec(ofClient)?.[0] ?? ''
}
