// What is wrong with a file, in the words of a mastering engineer: what, how bad, where, and what mends it.
import type { Fault, FaultPlace } from '../faults.js'
import type { Measurement } from '../measure.js'
import { clock, decimals } from './svg.js'
import { channelName } from './waveform-chart.js'

/** Times that are told at once; the others are folded away. */
const timesAtOnce = 6
const mostTimes = 200

/** What is worst first; what may be meant last. */
const order: readonly Fault['kind'][] = ['nonFinite', 'clips', 'clicks', 'dc', 'hum', 'polarity', 'balance', 'mono', 'silence']

const lookedFor =
  'DC offset, mains hum, clipping, clicks, a dead, inverted or louder channel, loss in mono, silence at head and tail, samples that are no numbers'

/** `faults` missing: they were not looked for. */
export function faultsCard(m: Measurement, faults: readonly Fault[] | undefined, whyNot = 'more than two channels'): string {
  if (faults === undefined) return card('', `<p class="note">Not looked for: ${whyNot}.</p>`)
  if (faults.length === 0) return card(chip('meets', 'none found'), `<p class="note">Looked for: ${lookedFor}.</p>`)
  const certain = faults.filter((fault) => fault.isCertain).length
  const summary = certain > 0 ? chip('fails', many(certain, 'fault')) : chip('meets', 'no faults')
  const notes = faults.length - certain
  const rows = [...faults].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)).map((fault) => row(fault, m))
  return card(
    summary + (notes > 0 ? chip('changed', `${notes} to check`) : ''),
    `<div class="scroll"><table class="faults"><tr><th>what</th><th>how bad</th><th>where</th><th>what mends it</th></tr>${rows.join('')}</table></div>`,
  )
}

export const faultCount = (faults: readonly Fault[] | undefined): string =>
  faults === undefined ? '–' : `${faults.filter((fault) => fault.isCertain).length}`

const card = (summary: string, content: string): string =>
  `<div class="card faults-card"><h2>Faults ${summary}</h2>${content}</div>`
const chip = (verdict: string, text: string): string => `<span class="chip ${verdict}">${text}</span> `
const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

function row(fault: Fault, m: Measurement): string {
  const { title, howBad } = said(fault, m)
  return `<tr><td>${chip(fault.isCertain ? 'fails' : 'changed', title)}</td><td>${howBad}</td><td>${where(fault, m)}</td><td class="soft">${mending(fault)}</td></tr>`
}

const mending = (fault: Fault): string => {
  if (fault.kind === 'mono') return 'nothing here: it belongs to the mix'
  if (fault.isCertain) return '<code>deskd repair</code>'
  return `if it is not meant: <code>deskd repair --only ${fault.kind}</code>`
}

function said(fault: Fault, m: Measurement): { title: string; howBad: string } {
  switch (fault.kind) {
    case 'clips': {
      const longest = Math.max(0, ...fault.places.map((place) => place.frames))
      const lasting = `${longest} samples (${decimals((longest / m.sampleRateHz) * 1000, 2)} ms)`
      return {
        title: 'clipping',
        howBad: `${many(fault.runs, 'clipped run')}, flat at ${decimals(fault.levelDbfs, 2)} dBFS, the longest ${lasting}`,
      }
    }
    case 'clicks':
      return {
        title: 'clicks',
        howBad: `${many(fault.clicks, 'click')}, the strongest stands out by ${decimals(fault.levelDbfs)} dBFS`,
      }
    case 'dc': {
      const lostDb = -20 * Math.log10(Math.max(1e-3, 1 - Math.abs(fault.dcOffset)))
      return {
        title: 'DC offset',
        howBad: `${decimals(fault.levelDbfs)} dBFS (${decimals(fault.dcOffset * 100, 2)} % of full scale): costs ${decimals(lostDb, 2)} dB of headroom, and thumps at every edit`,
      }
    }
    case 'hum': {
      const [first, ...rest] = fault.linesHz.map((hz) => decimals(hz))
      const lines = rest.length > 0 ? `, ${rest.join(', ')}` : ''
      return {
        title: 'mains hum',
        howBad: `${decimals(fault.levelDbfs)} dBFS RMS, ${decimals(m.rmsDbfs - fault.levelDbfs)} dB below the programme: ${first}${lines} Hz (mains at ${decimals(fault.mainsHz, 2)} Hz)`,
      }
    }
    case 'balance':
      return Number.isFinite(fault.balanceDb)
        ? {
            title: 'channel imbalance',
            howBad: `the centre stands ${decimals(Math.abs(fault.balanceDb))} dB to the ${fault.balanceDb > 0 ? 'right' : 'left'}`,
          }
        : { title: 'dead channel', howBad: `the ${fault.balanceDb > 0 ? 'left' : 'right'} channel is silent` }
    case 'polarity':
      return {
        title: 'inverted polarity',
        howBad: `one channel is upside down (correlation ${decimals(fault.correlation, 2)}): the centre cancels in mono`,
      }
    case 'mono':
      return fault.correlation > 0
        ? { title: 'dual mono', howBad: 'left and right are the same, sample for sample' }
        : {
            title: 'mono compatibility',
            howBad: `correlation ${decimals(fault.correlation, 2)}: much is lost where it is summed to mono`,
          }
    case 'silence': {
      const seconds = (places: readonly FaultPlace[]): number =>
        places.reduce((sum, place) => sum + place.frames, 0) / m.sampleRateHz
      const head = seconds(fault.places.filter((place) => place.startFrame === 0))
      const tail = seconds(fault.places.filter((place) => place.startFrame > 0))
      const parts = [head > 0 ? `${decimals(head, 2)} s at the head` : '', tail > 0 ? `${decimals(tail, 2)} s at the tail` : '']
      return { title: 'silence at the ends', howBad: parts.filter((text) => text !== '').join(', ') }
    }
    case 'nonFinite':
      return { title: 'invalid samples', howBad: `${many(fault.samples, 'sample')} that are no numbers` }
  }
}

function where(fault: Fault, m: Measurement): string {
  const sides = m.channels === 2 && ['clips', 'clicks', 'dc', 'hum'].includes(fault.kind)
  const channel = !sides ? '' : fault.channel === undefined ? 'L and R' : channelName(fault.channel, m.channels)
  if (fault.kind === 'silence') return stretches(fault.places, m)
  if (fault.places.length === 0) return [channel, 'throughout'].filter((text) => text !== '').join(', ')
  const times = fault.places.slice(0, mostTimes).map((place) => clock(place.startS, 3))
  const count = fault.kind === 'clips' ? fault.runs : fault.kind === 'clicks' ? fault.clicks : fault.places.length
  const rest = times.slice(timesAtOnce)
  const unsaid = count > times.length ? ` … and ${count - times.length} more` : ''
  const folded =
    rest.length > 0 ? `<details><summary>and ${count - timesAtOnce} more</summary>${rest.join(', ')}${unsaid}</details>` : ''
  return `${channel === '' ? '' : `${channel}: `}${times.slice(0, timesAtOnce).join(', ')}${folded}`
}

const stretches = (places: readonly FaultPlace[], m: Measurement): string =>
  places.map((place) => `${clock(place.startS, 1)} – ${clock((place.startFrame + place.frames) / m.sampleRateHz, 1)}`).join(', ')
