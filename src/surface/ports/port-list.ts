// From what RtMidi calls its ports to names that stay: without client and port number, with the place that tells twins apart.
import type { PortName } from '../link.js'

/** A port that is there now. */
export interface FoundPort extends PortName {
  /** RtMidi's own names, with ` client:port`. */
  readonly input?: string
  readonly output?: string
  /** Differs when the device was away in between, even if it has its old number again. */
  readonly identity: string
}

/** Where a client's device is plugged in, and what changes when it is plugged in anew. */
export interface Plug {
  readonly place: string
  readonly turn: string
}

interface Half {
  readonly full: string
  readonly name: string
  readonly client: number
  readonly port: number
}

/** `X-Touch:X-Touch MIDI 1 32:0`. On other systems than Linux there are no numbers. */
function halfOf(full: string): Half {
  const [, label = full, client, port] = /^(.*) (\d+):(\d+)$/.exec(full) ?? []
  return { full, name: shortName(label), client: Number(client ?? -1), port: Number(port ?? 0) }
}

/** Devices repeat their name in front of the port's; programs built on RtMidi are all called alike. */
function shortName(label: string): string {
  const [, client = '', port = label] = /^([^:]*):(.*)$/.exec(label) ?? []
  return client === '' || port.startsWith(client) || /^RtMidi (Input|Output) Client$/.test(client) ? port : label
}

/** Ends of connections that this program, or another built on RtMidi, has opened; and ALSA's own loop. */
const isNoDevice = ({ full, name }: Half): boolean =>
  /^RtMidi (Input|Output)$/.test(name) || /^(Midi Through|System)\b/.test(full) || name === ''

/**
 * The ports of both directions put together: by name and place.
 *
 * @param inputs, outputs RtMidi's names of what can be heard and what can be sent to
 * @param plugOf where a client's device is plugged in; undefined for programs and devices that aren't on USB
 */
export function portList(
  inputs: readonly string[],
  outputs: readonly string[],
  plugOf: (client: number) => Plug | undefined,
): FoundPort[] {
  const ins = placed(inputs, plugOf)
  const outs = placed(outputs, plugOf)
  return [...new Set([...ins.keys(), ...outs.keys()])].map((key) => {
    const [input, output] = [ins.get(key), outs.get(key)]
    const { name, place } = (input ?? output)!
    return {
      name,
      place,
      canReceive: input !== undefined,
      canSend: output !== undefined,
      ...(input && { input: input.full }),
      ...(output && { output: output.full }),
      identity: [input, output].map((half) => (half ? `${half.client}:${half.port}:${half.turn}` : '')).join(' '),
    }
  })
}

type Placed = Half & { readonly place: string; readonly turn: string }

function placed(names: readonly string[], plugOf: (client: number) => Plug | undefined): Map<string, Placed> {
  const found = new Map<string, Placed>()
  const halves = names
    .map(halfOf)
    .filter((half) => !isNoDevice(half))
    .sort((a, b) => a.client - b.client || a.port - b.port)
  for (const half of halves) {
    const plug = plugOf(half.client)
    const keyOf = (nth: number): [string, string] => {
      const place = plug === undefined ? `${nth}` : nth === 1 ? plug.place : `${plug.place}#${nth}`
      return [`${half.name}\n${place}`, place]
    }
    let nth = 1
    while (found.has(keyOf(nth)[0])) nth++
    const [key, place] = keyOf(nth)
    found.set(key, { ...half, place, turn: plug?.turn ?? '' })
  }
  return found
}
