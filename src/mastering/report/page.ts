// The report of one or more measured files: one page that asks nobody for anything.
import { basename } from 'node:path'
import { verdicts } from '../delivery-rules.js'
import type { Fault } from '../faults.js'
import type { Measurement, Stretch } from '../measure.js'
import { faultCount, faultsCard } from './faults-card.js'
import { loudnessChart } from './loudness-chart.js'
import { spectrumChart } from './spectrum-chart.js'
import { script, style } from './style.js'
import { clock, decimals, escaped, signed } from './svg.js'
import { channelName, waveformChart } from './waveform-chart.js'

export interface ReportedFile {
  readonly file: string
  readonly measurement: Measurement
  /** Missing: not looked for. */
  readonly faults?: readonly Fault[]
  readonly whyNoFaults?: string
}

/** Rows of a table of stretches in the page; all of them are in the JSON. */
const mostRows = 200

export function reportPage(files: readonly ReportedFile[]): string {
  const title = files.length === 1 ? basename(files[0]!.file) : `${files.length} files`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escaped(title)} – deskd analyze</title>
<style>${style}</style>
</head>
<body>
<main>
${files.length > 1 ? overview(files) : ''}
${files.map(section).join('\n')}
</main>
<script>${script}</script>
</body>
</html>
`
}

const overview = (files: readonly ReportedFile[]): string => `<h1>${files.length} files</h1>
<p class="facts">${clock(files.reduce((sum, { measurement }) => sum + measurement.seconds, 0))} in all</p>
<div class="card scroll"><table>
<tr><th>file</th>${['LUFS', 'LRA', 'dBTP', 'max S', 'PLR', 'DR', 'faults', 'length'].map((name) => `<th class="number">${name}</th>`).join('')}</tr>
${files
  .map(({ file, measurement: m, faults }, i) =>
    row(
      [`<a href="#file-${i + 1}">${escaped(basename(file))}</a>`],
      [m.integratedLufs, m.loudnessRangeLu, m.truePeakDbtp, m.maxShortTermLufs, m.plrLu].map((value) => decimals(value)),
      [`${m.dynamicRangeDr}`, faultCount(faults), clock(m.seconds)],
    ),
  )
  .join('\n')}
</table></div>`

const row = (texts: readonly string[], ...numbers: readonly (readonly string[])[]): string =>
  `<tr>${texts.map((text) => `<td>${text}</td>`).join('')}${numbers
    .flat()
    .map((text) => `<td class="number">${text}</td>`)
    .join('')}</tr>`

function section({ file, measurement: m, faults, whyNoFaults }: ReportedFile, index: number): string {
  return `<section class="file" id="file-${index + 1}">
<h1>${escaped(basename(file))}</h1>
<p class="facts">${escaped(m.format)} · ${m.sampleRateHz / 1000} kHz · ${channelText(m.channels)} · ${clock(m.seconds, 3)}</p>
${figures(m)}
${faultsCard(m, faults, whyNoFaults)}
<div class="card"><h2>Loudness over time</h2>
<ul class="legend"><li><i></i>short-term, 3 s</li><li><i class="faint"></i>momentary, 400 ms</li><li><i class="hot"></i>integrated</li><li><i class="dash"></i>targets</li></ul>
${loudnessChart(m)}
<p class="note">Highest momentary ${decimals(m.maxMomentaryLufs)} LUFS at ${clock(m.maxMomentaryS, 1)}, highest short-term ${decimals(m.maxShortTermLufs)} LUFS at ${clock(m.maxShortTermS, 1)}.</p></div>
<div class="card"><h2>What each platform makes of it</h2>${verdictTable(m)}</div>
<div class="card"><h2>Waveform</h2>
<ul class="legend"><li><i class="red"></i>clipped runs: ${m.clippedRuns}</li><li><i class="hot"></i>true peak above −1 dBTP: ${m.truePeakOverCount}</li>${faultLegend(faults)}</ul>
${waveformChart(m, faults)}</div>
<div class="card"><h2>Averaged spectrum</h2>
<ul class="legend"><li><i class="faint"></i>third octaves, dBFS RMS</li><li><i></i>24ths of an octave, as loud as thirds of the same density</li>${hasHum(faults) ? '<li><i class="hum-line"></i>mains hum</li>' : ''}</ul>
${spectrumChart(m, faults)}</div>
<div class="pair">${overTable(m)}${clipTable(m)}</div>
<div class="card"><h2>Channels and pointers</h2>${channelTable(m)}${pointers(m)}</div>
</section>`
}

const hasHum = (faults: readonly Fault[] = []): boolean => faults.some(({ kind }) => kind === 'hum')

const faultLegend = (faults: readonly Fault[] = []): string => {
  const clicks = faults.reduce((sum, fault) => sum + (fault.kind === 'clicks' ? fault.clicks : 0), 0)
  const isSilent = faults.some(({ kind }) => kind === 'silence')
  return `${clicks > 0 ? `<li><i class="click-mark"></i>clicks: ${clicks}</li>` : ''}${isSilent ? '<li><i class="still"></i>silence at the ends</li>' : ''}`
}

const channelText = (channels: number): string =>
  channels === 1 ? 'mono' : channels === 2 ? 'stereo' : channels === 6 ? '5.1' : `${channels} channels`

function figures(m: Measurement): string {
  const figure = (value: string, unit: string, name: string, isBad = false): string =>
    `<div class="figure${isBad ? ' bad' : ''}"><b>${value}<small>${unit}</small></b><span>${name}</span></div>`
  return `<div class="figures">
${figure(decimals(m.integratedLufs), 'LUFS', 'integrated loudness')}
${figure(decimals(m.loudnessRangeLu), 'LU', 'loudness range')}
${figure(decimals(m.truePeakDbtp), 'dBTP', 'true peak', m.truePeakDbtp > -0.95)}
${figure(decimals(m.maxShortTermLufs), 'LUFS', 'max short-term')}
${figure(decimals(m.plrLu), 'LU', 'peak to loudness (PLR)')}
${figure(`${decimals(m.minPsrLu)}–${decimals(m.maxPsrLu)}`, 'LU', 'PSR, 3 s')}
${figure(`DR${m.dynamicRangeDr}`, '', 'dynamic range')}
${figure(decimals(m.crestDb), 'dB', 'crest factor')}
${m.channels > 1 ? figure(decimals(m.correlation, 2), '', 'correlation', m.correlation < 0) : ''}
${figure(`${m.clippedRuns}`, '', 'clipped runs', m.clippedRuns > 0)}
</div>`
}

function verdictTable(m: Measurement): string {
  const words = { meets: 'meets it', changed: 'changed', fails: 'fails' }
  const rows = verdicts(m).map(
    (v) =>
      `<tr><td>${escaped(v.name)}</td><td><span class="chip ${v.verdict}">${words[v.verdict]}</span></td><td>${escaped(v.says.join('; '))}</td><td class="soft">${escaped(v.asks)}</td><td class="soft">${escaped(v.source)}</td></tr>`,
  )
  return `<div class="scroll"><table><tr><th>standard</th><th>verdict</th><th>what happens</th><th>asks</th><th>source</th></tr>${rows.join('')}</table></div>`
}

function overTable(m: Measurement): string {
  if (m.truePeakOverCount === 0) return '<div class="card"><h2>True-peak overs</h2><p class="note">None above −1 dBTP.</p></div>'
  return stretchTable(m, `True-peak overs: ${m.truePeakOverCount}`, m.truePeakOvers, m.truePeakOverCount, 'highest', (over) => [
    `${decimals(over.levelDb, 2)} dBTP`,
    `${decimals((over.frames / m.sampleRateHz) * 1000)} ms`,
  ])
}

function clipTable(m: Measurement): string {
  if (m.clippedRuns === 0) return '<div class="card"><h2>Clipped runs</h2><p class="note">None.</p></div>'
  return stretchTable(m, `Clipped runs: ${m.clippedRuns}`, m.clips, m.clippedRuns, 'level', (clip) => [
    `${decimals(clip.levelDb, 2)} dBFS`,
    `${clip.frames} samples`,
  ])
}

function stretchTable(
  m: Measurement,
  title: string,
  stretches: readonly Stretch[],
  count: number,
  levelName: string,
  cells: (stretch: Stretch) => readonly string[],
): string {
  const shown = stretches.slice(0, mostRows)
  const rows = shown.map((one) => row([clock(one.startS, 3), channelName(one.channel, m.channels)], cells(one)))
  const table = `<div class="scroll"><table><tr><th>time</th><th>channel</th><th class="number">${levelName}</th><th class="number">length</th></tr>${rows.join('')}</table></div>`
  const rest = count > shown.length ? `<p class="note">… and ${count - shown.length} more.</p>` : ''
  const isLong = shown.length > 12
  return `<div class="card"><h2>${title}</h2>${isLong ? `<details><summary>show ${shown.length} with their times, first at ${clock(stretches[0]!.startS, 3)}</summary>${table}${rest}</details>` : table + rest}</div>`
}

const channelTable = (m: Measurement): string => `<div class="scroll"><table>
<tr><th>channel</th>${['true peak', 'sample peak', 'RMS', 'DR', 'DC'].map((name) => `<th class="number">${name}</th>`).join('')}</tr>
${m.perChannel
  .map((c, i) =>
    row(
      [channelName(i, m.channels) || 'mono'],
      [`${decimals(c.truePeakDbtp, 2)} dBTP`, `${decimals(c.samplePeakDbfs, 2)} dBFS`, `${decimals(c.rmsDbfs)} dBFS`],
      [decimals(c.dynamicRangeDb), `${signed(c.dcOffset * 100, 4)} %`],
    ),
  )
  .join('\n')}
</table></div>`

const pointers = (m: Measurement): string =>
  `<p class="note">Highest readings: PPM I ${signed(m.ppm1Db)} dB · IIa ${decimals(m.ppm2aMark)} · IIb ${signed(m.ppm2bDb)} dB · VU ${signed(m.vuDb)} · K-20 ${signed(m.k20Db)} · K-14 ${signed(m.k14Db)} · K-12 ${signed(m.k12Db)}. Crest ${decimals(m.crestDb)} dB${m.channels > 1 ? `, balance ${signed(m.balanceDb)} dB (right over left)` : ''}.</p>`
