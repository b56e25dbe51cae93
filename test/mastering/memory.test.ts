// Whole files in memory: how much finding and mending take, and what is said where there is too little.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.js'
import { withMemory } from '../../src/mastering/memory.js'
import { catchPrinted } from '../fixtures/printed.js'
import { sine } from '../fixtures/signals.js'
import { writeWav } from '../fixtures/wav.js'

const folder = mkdtempSync(join(tmpdir(), 'deskd-memory-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => {
  vi.restoreAllMocks()
})

const freeIs = (bytes: number) => vi.spyOn(process, 'availableMemory').mockReturnValue(bytes)

describe('work that takes memory', () => {
  it('waits until there is room, in its turn', async () => {
    freeIs(1000)
    let now = 0
    let most = 0
    const order: number[] = []
    const work = (bytes: number, i: number) =>
      withMemory('file', bytes, async () => {
        order.push(i)
        now += bytes
        most = Math.max(most, now)
        await new Promise((done) => setTimeout(done, 5))
        now -= bytes
        return i
      })
    expect(await Promise.all([300, 400, 500, 100, 800, 200].map(work))).toEqual([0, 1, 2, 3, 4, 5])
    expect(order).toEqual([0, 1, 2, 3, 4, 5])
    expect(most).toBe(800)
  })

  it('gives its room back when it fails, and is refused where it would never fit', async () => {
    freeIs(1000)
    const failing = withMemory('file', 700, () => Promise.reject(new Error('broken')))
    await expect(failing).rejects.toThrow('broken')
    await expect(withMemory('file', 801, async () => 0)).rejects.toThrow(/^file: expected .* of free memory .*; split it first/)
    expect(await withMemory('file', 800, async () => 1)).toBe(1)
  })
})

describe('a file too long for the machine', () => {
  it('is measured all the same; its faults are not looked for, and a repair is refused', async () => {
    writeWav(at('long.wav'), { sampleRateHz: 48000, channels: [sine(48000, 997, -20)] })
    freeIs(50e6)
    let printed = catchPrinted()
    expect(await runCommandLine(['analyze', at('long.wav'), '--json', '--report', at('page.html')])).toBe(0)
    const said = JSON.parse(printed.stdout)
    expect(said.integratedLufs).toBeCloseTo(-23, 0)
    expect(said).not.toHaveProperty('faults')
    expect(said.whyNoFaults).toMatch(/^expected 0\.06 GB of free memory to look for faults, found 0\.04 GB; split it first$/)
    vi.restoreAllMocks()
    freeIs(50e6)
    printed = catchPrinted()
    expect(await runCommandLine(['repair', at('long.wav'), '--out', at('out.wav')])).toBe(2)
    expect(printed.stderr).toContain('long.wav: expected 0.06 GB of free memory')
    expect(readdirSync(folder).sort()).toEqual(['long.wav', 'page.html'])
  })
})

const faultsModule = fileURLToPath(new URL('../../dist/mastering/faults.js', import.meta.url))
const measured = `
const {findFaults,mendFile}=await import(process.argv[1]),[,,what,path,out]=process.argv
const {readFileSync}=await import('node:fs'),peak=()=>1024*Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status','utf8'))[1])
const before=peak()
const found=what==='find'?await findFaults(path):(await mendFile(path,out,{only:[],isFlac:false,isConverted:false})).mended
console.log(JSON.stringify({bytes:peak()-before,found:found.length}))`

// Three minutes, silent but for the first ten seconds, so that little is to be computed: the memory is that of any other sound.
it.each([
  ['find', 1.5],
  ['mend', 2],
] as const)(
  'to %s takes at most %d times what the samples take as floats',
  async (what, times) => {
    const tone = sine(480_000, 997, -20).map((x, n) => x + 0.1 * Math.sin((Math.PI * n) / 480_000))
    const plane = new Float32Array(180 * 48000)
    plane.set(tone)
    writeWav(at('silent.wav'), { sampleRateHz: 48000, channels: [plane, plane.map((x) => 0.5 * x)] })
    const words = ['--input-type=module', '-e', measured, faultsModule, what, at('silent.wav'), at('mended.wav')]
    const { stdout } = await promisify(execFile)(process.execPath, words)
    const { bytes, found } = JSON.parse(stdout)
    const decoded = 2 * 4 * plane.length
    console.log(`${what}: ${(bytes / decoded).toFixed(2)} times`)
    expect(found).toBeGreaterThan(0)
    expect(bytes).toBeGreaterThan(decoded)
    expect(bytes).toBeLessThan(times * decoded + 20e6)
  },
  120_000,
)
