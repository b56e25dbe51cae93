// A take's folder: what lies in it and what it is called. A recording never writes over an earlier one.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'

/** Files of a take folder, by what they hold. */
export const takeFiles = (folder: string) => ({
  master: join(folder, 'master.wav'),
  inputs: join(folder, 'inputs'),
  buses: join(folder, 'buses'),
  desk: join(folder, 'desk.yaml'),
  events: join(folder, 'events.log'),
  take: join(folder, 'take.yaml'),
  arena: join(folder, 'arena.bin'),
  lead: join(folder, 'lead.bin'),
})

/** `--record m.wav` is the master alone; any other name is a take folder. */
export const isMasterAlone = (target: string): boolean => /^\.(wav|wave|rf64)$/i.test(extname(target))

/** What a WAV file is called as FLAC. */
export const flacName = (wav: string): string => wav.replace(/\.[^.]*$/, '.flac')

/** The master of a take folder, which may be FLAC by now. */
export function masterOf(folder: string): string {
  const { master } = takeFiles(folder)
  return !existsSync(master) && existsSync(flacName(master)) ? flacName(master) : master
}

/** A recording's audio files: the master first, then the lead-in, the inputs, the buses. */
export function audioOf(target: string): string[] {
  if (!statSync(target).isDirectory()) return [target]
  const { inputs, buses, lead } = takeFiles(target)
  const inFolder = (folder: string): string[] =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => /\.(wav|flac)$/.test(name))
          .sort()
          .map((name) => join(folder, name))
      : []
  return [...[masterOf(target), lead].filter((path) => existsSync(path)), ...inFolder(inputs), ...inFolder(buses)]
}

/** The target itself while nothing has its name, nor what it would be called as FLAC; else `m-2.wav`, `m-3.wav` … */
export function freeName(target: string): string {
  const isTaken = (name: string): boolean => existsSync(name) || (isMasterAlone(name) && existsSync(flacName(name)))
  if (!isTaken(target)) return target
  const extension = isMasterAlone(target) ? extname(target) : ''
  const stem = join(dirname(target), basename(target, extension))
  for (let n = 2; ; n++) {
    const name = `${stem}-${n}${extension}`
    if (!isTaken(name)) return name
  }
}

/** True for the name itself and what {@link freeName} makes of it. */
export function isNamedAfter(target: string, wanted: string): boolean {
  const extension = isMasterAlone(wanted) ? extname(wanted) : ''
  const stem = wanted.slice(0, wanted.length - extension.length)
  return (
    target === wanted ||
    (target.startsWith(`${stem}-`) && /^\d+$/.test(target.slice(stem.length + 1, target.length - extension.length)))
  )
}

/** `2026-03-14_09-26-53`, local time: sorts by age and is a file name everywhere. */
export function timestampName(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day}_${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join('-')}`
}

/** `inputs/03-snare-top.wav` for strip 3, "Snare top". */
export function inputFileName(strip: number, name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
  return `${String(strip).padStart(2, '0')}${plain && `-${plain}`}.wav`
}
