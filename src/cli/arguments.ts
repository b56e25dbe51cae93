// Reads option values. What is not understood is an error that says what was expected and what comes nearest.
import { InvalidArgumentError } from 'commander'
import { closest } from 'fastest-levenshtein'
import type { HostPort } from '../supervisor/run-options.js'

export const oneOf =
  <T extends string>(names: readonly T[]) =>
  (written: string): T => {
    const found = names.find((name) => name === written)
    if (found !== undefined) return found
    throw new InvalidArgumentError(`Expected one of ${names.join(', ')}; nearest: ${closest(written, names)}.`)
  }

/** `dc,hum` */
export const listOf =
  <T extends string>(names: readonly T[]) =>
  (written: string): T[] =>
    written.split(',').map((name) => oneOf(names)(name.trim()))

export const wholeNumber =
  (min: number, max: number, unit: string) =>
  (written: string): number => {
    const value = Number(written)
    if (/^\d+$/.test(written) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max} ${unit}.`)
  }

export const secondsUpTo =
  (max: number) =>
  (written: string): number => {
    const value = Number(written)
    if (/^\d*\.?\d+$/.test(written) && value <= max) return value
    throw new InvalidArgumentError(`Expected seconds from 0 to ${max}.`)
  }

export const numberFrom =
  (min: number, max: number, unit: string) =>
  (written: string): number => {
    const value = Number(written.replace('−', '-'))
    if (written.trim() !== '' && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a number from ${min} to ${max} ${unit}.`)
  }

/** `83.5`, `1:23.5`, `1:02:03`, in seconds. */
export function timeOf(written: string): number {
  if (/^(\d+:){0,2}\d*\.?\d+$/.test(written)) return written.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  throw new InvalidArgumentError('Expected a time in seconds or minutes, such as 83.5 or 1:23.5.')
}

/** `127.0.0.1:9000`, `[::1]:9000` */
export function hostPort(written: string): HostPort {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(written) ?? []
  const host = bracketed ?? plain
  if (host !== undefined && Number(port) <= 65535) return { host, port: Number(port) }
  throw new InvalidArgumentError('Expected HOST:PORT, such as 127.0.0.1:9000.')
}
