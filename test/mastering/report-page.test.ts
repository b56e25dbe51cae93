// The report in a real browser: it asks nobody for anything, runs without errors, its cursor tells the loudness, and faults stand
// where they are.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { findFaults } from '../../src/mastering/faults.js'
import { measureFile, measureSamples } from '../../src/mastering/measure.js'
import { reportPage } from '../../src/mastering/report/page.js'
import { plucked } from '../fixtures/plucked.js'
import { noise } from '../fixtures/signals.js'
import { writeWav } from '../fixtures/wav.js'

const browser = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const missing = browser ? '' : ' (skipped: no Chromium: apt-get install chromium)'
const folder = mkdtempSync(join(tmpdir(), 'deskd-page-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const chromium = (...words: string[]): Promise<{ stdout: string }> =>
  promisify(execFile)(
    browser!,
    ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', `--user-data-dir=${join(folder, 'profile')}`, ...words],
    { maxBuffer: 64 * 2 ** 20, timeout: 50_000 },
  )

/** What the page is put to: it tells what it finds in its title. */
const probe = `
const errors=[];addEventListener('error',e=>errors.push(e.message));addEventListener('securitypolicyviolation',e=>errors.push(e.violatedDirective))
addEventListener('load',()=>{const svg=document.querySelector('svg.loudness'),box=svg.getBoundingClientRect()
svg.dispatchEvent(new PointerEvent('pointermove',{clientX:box.left+box.width*.45,clientY:box.top+50}))
const g=svg.querySelector('.cursor'),wide=document.documentElement.scrollWidth>innerWidth
document.title=JSON.stringify({errors,cursor:g.textContent,shown:g.getAttribute('visibility'),wide,requests:performance.getEntriesByType('resource').length,
drawn:[...document.querySelectorAll('svg')].every(s=>s.getBoundingClientRect().height>80)})})`

describe.skipIf(missing)(`in Chromium${missing}`, () => {
  it('draws everything, asks for nothing, and tells M and S under the pointer', async () => {
    const x = noise(10 * 48000, -14)
    const page = reportPage([{ file: 'noise.wav', measurement: await measureSamples([x, x], 48000) }])
    const path = join(folder, 'page.html')
    writeFileSync(path, page.replace('<head>', `<head><script>${probe}</script>`))
    const { stdout } = await chromium('--window-size=1200,900', '--virtual-time-budget=2000', '--dump-dom', `file://${path}`)
    const title = /<title>(.*?)<\/title>/.exec(stdout)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const found = JSON.parse(title)
    expect(found).toMatchObject({ errors: [], shown: 'visible', wide: false, requests: 0, drawn: true })
    expect(found.cursor).toMatch(/^0:0\d\.\d {3}M −1\d\.\d {3}S −1\d\.\d$/)
  }, 60_000)

  /** What the faults' card says, where their marks stand in seconds, and the contrast of everything in the card. */
  const faultsProbe = `
const lum=c=>{const[r,g,b]=c.map(v=>(v/=255)<=.03928?v/12.92:((v+.055)/1.055)**2.4);return .2126*r+.7152*g+.0722*b}
const rgb=s=>s.match(/[\\d.]+/g).map(Number),solid=e=>{for(;;e=e.parentElement){const c=rgb(getComputedStyle(e).backgroundColor);if(c.length<4||c[3]>0)return c.slice(0,3)}}
addEventListener('load',()=>{const card=document.querySelector('.faults-card'),row=document.querySelector('svg .row')
const left=+row.getAttribute('x'),wide=+row.getAttribute('width'),at=x=>Math.round((x-left)/wide*SECONDS*100)/100
const contrasts=[...card.querySelectorAll('h2,td,.chip,code,.note')].map(e=>{const a=lum(rgb(getComputedStyle(e).color)),b=lum(solid(e));return (Math.max(a,b)+.05)/(Math.min(a,b)+.05)})
const drawn=s=>[...document.querySelectorAll(s)].filter(e=>{const b=e.getBoundingClientRect();return b.width+b.height>0})
document.title=JSON.stringify({heading:card.querySelector('h2').innerText,rows:[...card.querySelectorAll('tr')].slice(1).map(r=>[...r.cells].map(c=>c.innerText)),note:card.querySelector('.note')?.innerText,
least:Math.min(...contrasts),page:getComputedStyle(document.body).backgroundColor,
clicks:drawn('.click').map(e=>at(+/M([\\d.]+)/.exec(e.getAttribute('d'))[1])),clips:drawn('.clip').map(e=>at(+e.getAttribute('x1'))),
silent:drawn('.silent').map(e=>[at(+e.getAttribute('x')),Math.round(e.getAttribute('width')/wide*SECONDS*100)/100]),hum:drawn('.hum').length})})`

  async function looked(channels: readonly Float32Array[], scheme: 'light' | 'dark') {
    const wav = join(folder, 'faulty.wav')
    const path = join(folder, 'faults.html')
    writeWav(wav, { sampleRateHz: 48000, channels })
    const measurement = await measureFile(wav)
    const page = reportPage([{ file: wav, measurement, faults: await findFaults(wav) }])
    const probed = faultsProbe.replaceAll('SECONDS', `${measurement.seconds}`)
    writeFileSync(path, page.replace('<head>', `<head><script>${probed}</script>`))
    const colours = `--blink-settings=preferredColorScheme=${scheme === 'dark' ? 0 : 1}`
    const { stdout } = await chromium(
      '--window-size=1200,900',
      colours,
      '--virtual-time-budget=2000',
      '--dump-dom',
      `file://${path}`,
    )
    const title = /<title>(.*?)<\/title>/.exec(stdout)?.[1] ?? ''
    return JSON.parse(title.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&').replaceAll('\u00a0', ' '))
  }

  it.each(['light', 'dark'] as const)('tells faults, how bad and where, and marks them in the waveform (%s)', async (scheme) => {
    const clean = plucked(12)
    const hum = (n: number): number => 0.01 * Math.sin((2 * Math.PI * 50 * n) / 48000)
    const left = Float32Array.from({ length: 15 * 48000 }, (_, n) => {
      const v = n < 2 * 48000 ? 0 : n < 14 * 48000 ? clean[n - 2 * 48000]! : 0
      return v === 0 ? 0 : v * 0.5 + hum(n)
    })
    // Left a spike 6 s in; right cut off where it is loud.
    for (let k = 0; k < 3; k++) left[6 * 48000 + k]! -= 0.45
    const right = left.map((v, n) => (n >= 2 * 48000 && n < 14 * 48000 ? Math.max(-0.2, Math.min(0.2, v * 1.5)) + 0.02 : 0))
    const found = await looked([left, right], scheme)
    const rowOf = (title: string, side: string): string[] | undefined =>
      found.rows.find(([what, , where]: string[]) => what === title && where?.startsWith(side))
    expect(found.heading).toMatch(/^Faults \d faults/)
    expect(rowOf('clicks', 'L')?.slice(1)).toEqual([
      expect.stringMatching(/^1 click, the strongest stands out by −[67]\.\d dBFS$/),
      'L: 0:06.000',
      'deskd repair',
    ])
    expect(rowOf('clipping', 'R')?.[1]).toMatch(/^\d+ clipped runs, flat at −13\.15 dBFS, the longest \d+ samples/)
    expect(rowOf('DC offset', 'R')?.[1]).toMatch(/^−35\.\d dBFS \(1\.6\d % of full scale\): costs 0\.14 dB of headroom/)
    expect(rowOf('mains hum', 'L')?.[1]).toMatch(/^−4[2-5]\.\d dBFS RMS, \d+\.\d dB below the programme: 50\.0 Hz/)
    expect(rowOf('silence at the ends', '0:00.0')?.slice(1)).toEqual([
      '2.00 s at the head, 1.00 s at the tail',
      expect.stringMatching(/^0:00\.0 – 0:02\.0, 0:14\.0 – 0:15\.0$/),
      'if it is not meant: deskd repair --only silence',
    ])
    expect(found.clicks).toEqual([expect.closeTo(6, 1)])
    expect(found.clips.length).toBeGreaterThan(3)
    expect(found.clips.every((seconds: number) => seconds > 2 && seconds < 14)).toBe(true)
    expect(found.silent.slice(0, 2)).toEqual([
      [0, expect.closeTo(2, 1)],
      [expect.closeTo(14, 1), expect.closeTo(1, 1)],
    ])
    expect(found.hum).toBeGreaterThan(0)
    expect(found.page).toBe(scheme === 'dark' ? 'rgb(15, 19, 25)' : 'rgb(244, 245, 248)')
    expect(found.least, 'contrast').toBeGreaterThan(4.5)
  }, 60_000)

  it('says of a clean file that nothing was found', async () => {
    const found = await looked([plucked(6).subarray(9600), plucked(6, 48000, 2).subarray(9600)], 'light')
    expect(found).toMatchObject({ rows: [], clicks: [], clips: [], silent: [], hum: 0 })
    expect(found.heading).toBe('Faults none found')
    expect(found.note).toMatch(/^Looked for: DC offset, mains hum, clipping, clicks/)
    expect(found.least, 'contrast').toBeGreaterThan(4.5)
  }, 60_000)

  it('fits a telephone', async () => {
    const x = noise(4 * 48000, -14)
    const path = join(folder, 'small.html')
    const page = reportPage([{ file: `${'a long name '.repeat(20)}.wav`, measurement: await measureSamples([x], 48000) }])
    writeFileSync(path, page.replace('<head>', `<head><script>${probe}</script>`))
    const { stdout } = await chromium('--window-size=500,900', '--virtual-time-budget=2000', '--dump-dom', `file://${path}`)
    expect(JSON.parse(/<title>(.*?)<\/title>/.exec(stdout)?.[1] ?? '')).toMatchObject({ errors: [], wide: false })
    expect(readFileSync(path, 'utf8').length).toBeLessThan(200_000)
  }, 60_000)
})
