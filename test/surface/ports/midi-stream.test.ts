// Whole messages out of raw MIDI bytes, however they are cut.
import { describe, expect, it } from 'vitest'
import { longestSysexBytes, MidiStream } from '../../../src/surface/ports/midi-stream.js'

const parsed = (...chunks: readonly number[][]): number[][] => {
  const stream = new MidiStream()
  return chunks.flatMap((chunk) => stream.push(Uint8Array.from(chunk)).map((message) => [...message]))
}

describe('MIDI bytes', () => {
  it('are cut into messages of their lengths, wherever the chunks end', () => {
    const bytes = [0x90, 1, 127, 0xe0, 3, 4, 0xd0, 5, 0xc0, 6, 0xf2, 7, 8, 0xf3, 9, 0xf6, 0xf0, 1, 2, 0xf7]
    const messages = [[0x90, 1, 127], [0xe0, 3, 4], [0xd0, 5], [0xc0, 6], [0xf2, 7, 8], [0xf3, 9], [0xf6], [0xf0, 1, 2, 0xf7]]
    expect(parsed(bytes)).toEqual(messages)
    expect(parsed(...bytes.map((byte) => [byte]))).toEqual(messages)
    for (let cut = 1; cut < bytes.length; cut++) expect(parsed(bytes.slice(0, cut), bytes.slice(cut))).toEqual(messages)
  })

  it('with running status are whole messages', () => {
    expect(parsed([0xb0, 16, 1, 17, 65, 18], [2])).toEqual([
      [0xb0, 16, 1],
      [0xb0, 17, 65],
      [0xb0, 18, 2],
    ])
    expect(parsed([0xb0, 1, 2, 0xf6, 3, 4])).toEqual([[0xb0, 1, 2], [0xf6]])
  })

  it('may have realtime bytes anywhere', () => {
    expect(parsed([0x90, 0xf8, 1, 0xfe, 2, 0xf0, 5, 0xfa, 6, 0xf7])).toEqual([
      [0xf8],
      [0xfe],
      [0x90, 1, 2],
      [0xfa],
      [0xf0, 5, 6, 0xf7],
    ])
  })

  it('without a status, or of a SysEx cut short by one, are nothing', () => {
    expect(parsed([1, 2, 3, 0xf7, 0xf0, 1, 2, 0x90, 3, 4, 0xf4, 7, 0xf5, 8])).toEqual([[0x90, 3, 4]])
  })

  it('hold SysEx up to 4096 bytes; longer is skipped, counted, and what follows is heard', () => {
    const sysex = (length: number): number[] => [0xf0, ...new Array(length - 2).fill(1), 0xf7]
    const stream = new MidiStream()
    expect(stream.push(Uint8Array.from(sysex(longestSysexBytes)))[0]).toHaveLength(4096)
    expect(stream.push(Uint8Array.from([...sysex(longestSysexBytes + 1), 0x90, 1, 2]))).toEqual([Uint8Array.of(0x90, 1, 2)])
    expect(stream.skipped).toBe(1)
  })
})
