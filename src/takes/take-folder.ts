// A take's folder: what lies in it and what it is called. A recording never writes over an earlier one.
import { existsSync } from 'node:fs'
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

/** The target itself while nothing has its name, else `m-2.wav`, `m-3.wav` … */
export function freeName(target: string): string {
  if (!existsSync(target)) return target
  const extension = isMasterAlone(target) ? extname(target) : ''
  const stem = join(dirname(target), basename(target, extension))
  for (let n = 2; ; n++) {
    const name = `${stem}-${n}${extension}`
    if (!existsSync(name)) return name
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
