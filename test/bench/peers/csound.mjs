// Job P by Csound: an orchestra of one instrument a strip and a master.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linear } from './jobs.mjs'

const bell = (name) => (b) => `${name} rbjeq ${name}, ${b.frequencyHz}, ${linear(b.gainDb)}, ${b.q}, 1, 8`

function stripInstrument(job, strip, track, number) {
  const { thresholdDb, ratio, kneeDb, attackMs, releaseMs } = job.compressor
  const curve = `-120, ${thresholdDb - kneeDb / 2}, ${thresholdDb + kneeDb / 2}, ${ratio}`
  return [
    `instr ${number}`,
    `ax soundin "${track}"`,
    ...job.highPass.qs.map((q) => `ax rbjeq ax, ${job.highPass.frequencyHz}, 1, ${q}, 1, 2`),
    ...job.stripBells.map(bell('ax')),
    `ax compress2 ax, ax, ${curve}, ${attackMs / 1000}, ${releaseMs / 1000}, 0.0001`,
    `gaLeft = gaLeft + ${strip.left} * ax`,
    `gaRight = gaRight + ${strip.right} * ax`,
    'endin',
  ]
}

function masterInstrument(job, number) {
  const { ceilingDb, lookaheadMs, releaseMs } = job.limiter
  const top = linear(ceilingDb)
  const limit = `-120, ${ceilingDb}, ${ceilingDb}, 1000, 0.0001, ${releaseMs / 1000}, ${lookaheadMs / 1000}`
  return [
    `instr ${number}`,
    'al = gaLeft',
    'ar = gaRight',
    ...job.masterBells.flatMap((b) => [bell('al')(b), bell('ar')(b)]),
    'akey = max(abs(al), abs(ar))',
    `al compress2 al, akey, ${limit}`,
    `ar compress2 ar, akey, ${limit}`,
    `outs limit(al, -${top}, ${top}), limit(ar, -${top}, ${top})`,
    'gaLeft = 0',
    'gaRight = 0',
    'endin',
  ]
}

export const csound = {
  name: 'csound',
  programs: ['csound'],
  apt: ['csound'],
  bound: 13,
  differs: 'ksmps 64; limiter by compress2, no loudness',
  command({ job, tracks, seconds, folder, out }) {
    const master = job.strips.length + 1
    const orchestra = [
      `sr = ${job.sampleRateHz}`,
      'ksmps = 64',
      'nchnls = 2',
      '0dbfs = 1',
      'gaLeft init 0',
      'gaRight init 0',
      ...job.strips.flatMap((strip, i) => stripInstrument(job, strip, tracks[i], i + 1)),
      ...masterInstrument(job, master),
    ]
    const score = Array.from({ length: master }, (_, i) => `i ${i + 1} 0 ${seconds}`)
    const csd = join(folder, 'job-p.csd')
    const section = (name, lines) => `<${name}>\n${lines.join('\n')}\n</${name}>\n`
    const parts = section('CsInstruments', orchestra) + section('CsScore', [...score, 'e'])
    writeFileSync(csd, `<CsoundSynthesizer>\n${parts}</CsoundSynthesizer>\n`)
    return ['csound', '-d', '-m0', '-W', '-3', '-o', out, csd]
  },
}
