// Which files --in and --play mean, and in which order.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { audioFiles, naturalOrder } from '../../src/config/audio-files.js'

const folder = mkdtempSync(join(tmpdir(), 'deskd-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('natural order', () => {
  it('puts 2 before 10 and 010 beside 10', () => {
    expect(['10-voice', '9-piano', '2-snare', '010-choir', '1-kick'].sort(naturalOrder)).toEqual([
      '1-kick',
      '2-snare',
      '9-piano',
      '010-choir',
      '10-voice',
    ])
  })

  it('has one answer for any two different names', () => {
    for (const [a, b] of [
      ['a', 'A'],
      ['1', '01'],
      ['é', 'e'],
    ] as const) {
      expect(naturalOrder(a, b)).not.toBe(0)
      expect(Math.sign(naturalOrder(a, b))).toBe(-Math.sign(naturalOrder(b, a)))
    }
  })
})

describe('audioFiles', () => {
  it('opens folders, takes audio by extension, and sorts folders and files together by name', () => {
    const session = join(folder, 'session')
    mkdirSync(session)
    for (const name of ['10.flac', '2.WAV', '1.aiff', 'notes.txt', '.hidden.wav', '3.rf64'])
      writeFileSync(join(session, name), '')
    writeFileSync(join(folder, '2b.wav'), '')
    const found = audioFiles([session, join(folder, '2b.wav')]).map((path) => basename(path))
    expect(found).toEqual(['1.aiff', '2.WAV', '2b.wav', '3.rf64', '10.flac'])
  })

  it('names everything that is not there in one error', () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    expect(() => audioFiles([join(folder, 'nothing'), empty])).toThrow(/nothing: expected[\s\S]*empty: expected audio files/)
  })
})
