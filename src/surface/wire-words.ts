// Wires as a person writes them: `cc 7 ch 1`, `note 36-43`, `cc 16,20,24 ch 9`, `sysex F0 7F 7F 06 01 F7`. Channels count from 1.
import { nameOf, type Wire } from './wire.js'

const numbered = ['note', 'cc', 'cc14', 'nrpn', 'rpn', 'program', 'polyPressure'] as const
const plain = ['pitchBend', 'channelPressure'] as const
type Kind = (typeof numbered)[number] | (typeof plain)[number]

export const wireWordsExpected =
  'a wire: note, cc, cc14, nrpn, rpn, program or polyPressure and a number, pitchBend or channelPressure, with "ch 1" to "ch 16"; or sysex F0 … F7'

/**
 * All wires that the words name, in order; undefined when they are not understood. Several numbers, or several channels, name several
 * wires. `channel` (1…16) holds where none is named. `7bit` makes an NRPN or RPN of data entry alone, `fineFirst` is for a
 * pair that sends its fine half first.
 */
export const wiresOfWords = (words: string, channel = 1): Wire[] | undefined => {
  if (/^sysex\b/.test(words)) return sysexOfWords(words)
  const match = /^(\w+)(?: ([\d,-]+))?(?: ch ([\d,-]+))?((?: (?:7bit|fineFirst))*)$/.exec(words.trim().replace(/\s+/g, ' '))
  if (!match) return undefined
  const [, kind, numbersText, channelsText, flags] = match
  const isNumbered = (numbered as readonly string[]).includes(kind!)
  if (!isNumbered && !(plain as readonly string[]).includes(kind!)) return undefined
  if (isNumbered !== (numbersText !== undefined)) return undefined
  // 16383 chooses none.
  const most = kind === 'nrpn' || kind === 'rpn' ? 16382 : kind === 'cc14' ? 31 : 127
  const numbers = isNumbered ? listOf(numbersText!, 0, most) : [0]
  const channels = channelsText === undefined ? [channel] : listOf(channelsText, 1, 16)
  if (!numbers || !channels || (numbers.length > 1 && channels.length > 1)) return undefined
  const isSeven = flags!.includes('7bit')
  return Array.from({ length: Math.max(numbers.length, channels.length) }, (_, at) =>
    wireOf(kind as Kind, numbers[at] ?? numbers[0]!, (channels[at] ?? channels[0]!) - 1, isSeven, flags!.includes('fineFirst')),
  )
}

const wireOf = (kind: Kind, number: number, channel: number, isSeven: boolean, isFineFirst: boolean): Wire => {
  switch (kind) {
    case 'pitchBend':
    case 'channelPressure':
      return { kind, channel }
    case 'nrpn':
    case 'rpn':
      return { kind, channel, number, bits: isSeven ? 7 : 14 }
    case 'cc14':
      return { kind, channel, number, ...(isFineFirst && { isFineFirst }) }
    default:
      return { kind, channel, number }
  }
}

/** `1,4-6` is 1, 4, 5, 6. */
const listOf = (text: string, least: number, most: number): number[] | undefined => {
  const list: number[] = []
  for (const part of text.split(',')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part)
    if (!match) return undefined
    const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])]
    if (from < least || to > most || from > to) return undefined
    for (let number = from; number <= to; number++) list.push(number)
  }
  return list
}

const longestSysexBytes = 64

const sysexOfWords = (words: string): Wire[] | undefined => {
  const parts = words.trim().split(/\s+/).slice(1)
  const bytes = parts.map((part) => (part === 'vv' ? 0 : /^[\da-f]{2}$/i.test(part) ? Number.parseInt(part, 16) : -1))
  const isFramed = bytes[0] === 0xf0 && bytes.at(-1) === 0xf7 && bytes.slice(1, -1).every((byte) => byte >= 0 && byte < 0x80)
  const hasOneValue = parts.indexOf('vv') === parts.lastIndexOf('vv')
  if (!isFramed || !hasOneValue || bytes.length > longestSysexBytes) return undefined
  return [{ kind: 'sysex', bytes, valueAt: parts.indexOf('vv') }]
}

/** A wire in words that are read back as the same wire. */
export const wordsOf = (wire: Wire): string => {
  const isSeven = (wire.kind === 'nrpn' || wire.kind === 'rpn') && wire.bits === 7
  const isFineFirst = wire.kind === 'cc14' && wire.isFineFirst
  return `${nameOf(wire)}${isSeven ? ' 7bit' : ''}${isFineFirst ? ' fineFirst' : ''}`
}
