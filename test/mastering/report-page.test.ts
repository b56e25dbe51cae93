// The report in a real browser: it asks nobody for anything, runs without errors, and its cursor tells the loudness.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { measureSamples } from '../../src/mastering/measure.js'
import { reportPage } from '../../src/mastering/report/page.js'
import { noise } from '../fixtures/signals.js'

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
