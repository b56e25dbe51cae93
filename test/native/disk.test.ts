// Links the disk side's own test program with what is built and runs it, one section a test.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtObject, compiled } from '../fixtures/compiled.js'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const session = resolve(root, '../shared/audio/session')
const folder = mkdtempSync(join(tmpdir(), 'deskd-disk-'))
let program = ''

const namesIn = (path: string): string[] => readdirSync(join(root, path)).filter((name) => name.endsWith('.cc'))

beforeAll(async () => {
  const disk = namesIn('src/native/disk').map((name) => builtObject(`disk/${basename(name, '.cc')}`))
  const tests = ['../disk-test.cc', ...namesIn('test/native/disk')].map((name) => join(root, 'test/native/disk', name))
  const flags = ['-std=c++20', '-O1', '-Wall', '-Wextra', '-Werror', '-ffp-contract=off']
  program = await compiled('disk-test', 'g++', [...flags, ...tests, ...disk, '-lsndfile', '-lsoxr', '-lpthread'])
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Outcome {
  readonly code: number
  readonly output: string
}

const runSection = async (section: string): Promise<Outcome> => {
  try {
    const { stdout } = await run(program, [section, folder, session], { maxBuffer: 1 << 24 })
    return { code: 0, output: stdout }
  } catch (error) {
    const { code, signal, stdout } = error as { code: number | null; signal: string | null; stdout: string }
    return { code: code ?? 1, output: signal ? `${stdout}killed by ${signal}` : stdout }
  }
}

const section = (sectionName: string, testName: string): void => {
  it(testName, { timeout: 120_000 }, async (context) => {
    const { code, output } = await runSection(sectionName)
    if (code === 77) context.skip(output.trim())
    expect(
      code,
      output
        .split('\n')
        .filter((line) => !line.startsWith('ok'))
        .join('\n'),
    ).toBe(0)
  })
}

describe('the WAV writer', () => {
  section('wav-float', 'writes 32 bit float that comes back to the bit in 1, 2, 3 and 8 channels, and never NaN or Inf')
  section('wav-24', 'writes 24 bit within ½ LSB, clipped at full scale')
  section('wav-16', 'dithers 16 bit to an error of −96.33 ± .05 dBFS, uncorrelated, without noise modulation, repeatably')
  section('wav-20', 'writes 20 bits into the upper ones of 24, and says so')
  section('dither', 'dithers 16, 20 and 24 bits by half an LSB, flat, without overtones, and not at all what fits')
  section(
    'noise-shapes',
    'moves the noise away from 1 to 5 kHz by 7 and by 15 dB at 44.1, 48 and 96 kHz, and recovers from clipping',
  )
  section('rf64', 'turns RIFF into RF64 where the file passes the size limit')
  section('header-while-writing', 'is readable at every commit, and after a SIGKILL')
  section('disk-full', 'ends with a valid file and words when a 2 MB disk is full')
  section('file-limit', 'ends with a valid file and words at a file size limit of 100001 bytes')
})

describe('a WAV file that exists', () => {
  section('past-4-gb', 'passes 4 GB while it is written: RF64 at every commit, the frames around the limit come back')
  section('repair-killed', 'is mended after a SIGKILL to the frames that reached it, in every format, below and above 4 GB')
  section('repair-other', 'is left alone when it is whole, and refused in words when it is none')
  section('cue-points', 'gets cue points with names that libsndfile reads, and keeps every sample')
  section('flac-from-wav', 'becomes FLAC where every sample comes back, and stays WAV where one would not')
})

describe('the audio file reader', () => {
  section('file-formats', 'reads WAV, RF64, AIFF and FLAC from 8 to 384 kHz exactly')
  section('bad-files', 'refuses bad files in words, and 600 damaged ones cause no crash')
  section('strange-samples', 'reads NaN and Inf as 0 and holds magnitudes at 1e6')
  section('flac-locate', 'locates 1000 times in a FLAC on the very frame')
  section('session-locate', 'locates in every track of the real session on the very frame')
})

describe('the rate conversion', () => {
  section('conform-sine', 'keeps a 997 Hz sine within .0001 dB, THD+N below −140 dB, delay below .001 frames')
  section('conform-length', 'is round(frames · out / in) frames long, repeatable, and leaves nothing half made')
})

describe('the players', () => {
  section('loop-position', 'counts through a loop as frame by frame counting does')
  section('offline-loop', 'loop to the sample, from 32 frames to 170001')
  section('streaming-equals-offline', 'play live what they play offline, to the bit, over 60 random cues and loops')
  section('session-streaming', 'play the real session live as offline, to the bit')
  section('joined-files', 'play a recording that is cut into files as the whole, live and offline, to the bit')
  section('broken-track', 'fall silent with a word where a file cannot be read, and play the others on')
})

describe('the take recorder', () => {
  section('frame-ring', 'hands 2,000,000 frames from thread to thread, each once and in order')
  section('recorder-take', 'writes what it was given to three files and the event log, readable while it records')
  section('recorder-overrun', 'keeps all files aligned when the disk is late, and says from which frame on it was')
  section('recorder-failure', 'stops with valid files and words when one file cannot grow')
  section('recorder-disk-full', 'stops with valid files, a whole event log and words when a 2 MB disk is full')
})
