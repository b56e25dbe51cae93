// Finds every mistake of a device's description at once, each with its path.
import type { ControlData, DeviceData } from './device-data.js'
import { faderLaws } from './fader-law.js'
import { relativeEncodings } from './relative.js'
import { wiresOfWords, wireWordsExpected } from './wire-words.js'

export interface DeviceProblem {
  /** `column.fader.wire`. */
  readonly path: string
  readonly expected: string
  readonly found: string
}

/** Bounds on what a file may ask for. */
const most = { columns: 64, controls: 1024, ports: 16, hello: 64, levels: 128 } as const

type Check = (value: unknown, path: string) => void
type Fields = Readonly<Record<string, Check>>

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const told = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? `"${value}"` : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** Whatever is wrong with the form of `data`. */
export const formProblems = (data: unknown): DeviceProblem[] => {
  const problems: DeviceProblem[] = []
  const problem = (path: string, expected: string, found: unknown): void => {
    problems.push({ path, expected, found: told(found) })
  }
  const when =
    (expected: string, isGood: (value: unknown) => boolean): Check =>
    (value, path) => {
      if (!isGood(value)) problem(path, expected, value)
    }
  const whole = (least: number, greatest: number): Check =>
    when(
      `a whole number from ${least} to ${greatest}`,
      (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= greatest,
    )
  const oneOf = (names: readonly string[]): Check => when(`one of ${names.join(', ')}`, (value) => names.includes(String(value)))
  const yesNo = when('true or false', (value) => typeof value === 'boolean')
  const text = when('a text', (value) => typeof value === 'string' && value.length > 0 && value.length <= 100)
  const listOf =
    (expected: string, limit: number, check: Check): Check =>
    (value, path) => {
      if (!Array.isArray(value) || value.length > limit) problem(path, `a list of at most ${limit} ${expected}`, value)
      else for (const [at, item] of value.entries()) check(item, `${path}[${at + 1}]`)
    }
  const fields =
    (known: Fields, required: readonly string[] = []): Check =>
    (value, path) => {
      if (!isMap(value)) return problem(path, 'a map', value)
      for (const [name, field] of Object.entries(value)) {
        if (field === undefined) continue
        const at = path ? `${path}.${name}` : name
        if (Object.hasOwn(known, name)) known[name]!(field, at)
        else problem(at, `one of ${Object.keys(known).join(', ')}`, name)
      }
      for (const name of required)
        if (value[name] === undefined) problem(path ? `${path}.${name}` : name, 'to be there', undefined)
    }

  const columns = isMap(data) ? Number(data.columns ?? 0) : 0
  const areCounted = Number.isInteger(columns) && columns > 0 && columns <= most.columns
  const channel = isMap(data) && Number.isInteger(data.channel) ? Number(data.channel) : undefined

  /** A wire in words; so many of them. */
  const wires =
    (count: number): Check =>
    (value, path) => {
      const list = typeof value === 'string' ? [value] : value
      if (!Array.isArray(list) || list.length > most.columns) return problem(path, wireWordsExpected, value)
      const found = list.map((words) => (typeof words === 'string' ? wiresOfWords(words, channel) : undefined))
      const wrong = found.indexOf(undefined)
      if (wrong >= 0) return problem(path, wireWordsExpected, list[wrong])
      const total = found.reduce((sum, group) => sum + group!.length, 0)
      if (total !== count)
        problem(path, count === 1 ? 'one wire' : `${count} wires, one a column`, `${total}: ${list.join(', ')}`)
    }

  const value = whole(0, 16383)
  const light = (count: number): Check => {
    const color: Check = (field, path) =>
      isMap(field) ? fields({ on: value, blink: value }, ['on', 'blink'])(field, path) : value(field, path)
    const names = ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']
    const colors = fields(Object.fromEntries(names.map((name) => [name, color])))
    return orTrue(fields({ wire: wires(count), off: value, on: value, blink: value, colors }))
  }
  const orTrue =
    (check: Check): Check =>
    (field, path) =>
      field === true ? undefined : check(field, path)

  const law: Check = (field, path) => {
    if (typeof field === 'string') return oneOf(Object.keys(faderLaws))(field, path)
    const isPoint = (point: unknown): boolean =>
      Array.isArray(point) && point.length === 2 && point.every((part) => Number.isFinite(part))
    const rises = (points: readonly (readonly number[])[]): boolean =>
      points.every((point, at) => at === 0 || (point[0]! > points[at - 1]![0]! && point[1]! > points[at - 1]![1]!))
    const isGood = Array.isArray(field) && field.length >= 2 && field.length <= 64 && field.every(isPoint) && rises(field)
    if (!isGood) problem(path, `one of ${Object.keys(faderLaws).join(', ')}, or points [position, dB] that rise`, field)
  }

  const control =
    (count: number): Check =>
    (data, path) => {
      const wire = wires(count)
      const press = { wire, behaviour: oneOf(['momentary', 'toggle', 'trigger']), on: value, light: light(count) }
      const push: Check = (field, at) =>
        isMap(field) ? fields({ kind: oneOf(['button']), ...press }, ['wire'])(field, at) : wire(field, at)
      const styles = fields({ dot: value, boostCut: value, wrap: value, spread: value })
      const shows = {
        value: orTrue(wire),
        ring: orTrue(fields({ wire, top: value, mode: wire, modes: styles })),
        levels: fields({ wire, values: listOf('values', most.levels, value) }, ['wire', 'values']),
      }
      const held = { wire, touch: wire, push, reversed: yesNo, ...shows }
      const position = { ...held, low: value, high: value, steps: whole(2, 16384), motor: yesNo, law }
      const turn = { ...held, encoding: oneOf(relativeEncodings), ticksATurn: whole(1, 10000) }
      const known: Readonly<Record<ControlData['kind'], Fields>> = {
        fader: position,
        pot: position,
        encoder: turn,
        wheel: turn,
        button: press,
        light: { wire, light: light(count) },
      }
      if (!isMap(data)) return problem(path, 'a map', data)
      const kind = data.kind as ControlData['kind']
      if (!Object.hasOwn(known, String(kind))) return problem(`${path}.kind`, `one of ${Object.keys(known).join(', ')}`, kind)
      fields({ kind: () => {}, ...known[kind] }, ['wire'])(data, path)
      if (Number(data.low ?? 0) >= Number(data.high ?? Number.POSITIVE_INFINITY))
        problem(`${path}.high`, `more than low, ${data.low}`, data.high)
    }

  const controls =
    (count: number): Check =>
    (data, path) => {
      if (!isMap(data)) return problem(path, 'a map', data)
      if (Object.keys(data).length > most.controls)
        return problem(path, `at most ${most.controls} controls`, Object.keys(data).length)
      for (const [name, field] of Object.entries(data)) {
        const at = `${path}.${name}`
        if (!/^[A-Za-z][\w-]*(\.[A-Za-z][\w-]*)*$/.test(name))
          problem(at, 'a name of letters, digits, - and _, which begins with a letter', name)
        control(count)(field, at)
      }
    }

  const message = when(
    'bytes in hexadecimal',
    (bytes) => typeof bytes === 'string' && bytes.length <= 400 && /^[\da-f]{2}(\s+[\da-f]{2})*$/i.test(bytes.trim()),
  )
  const device: Readonly<Record<keyof DeviceData, Check>> = {
    id: when('a name of small letters, digits and -', (id) => typeof id === 'string' && /^[a-z0-9][a-z0-9-]{0,63}$/.test(id)),
    name: text,
    ports: listOf('names of ports', most.ports, text),
    notPorts: listOf('names of ports', most.ports, text),
    columns: whole(0, most.columns),
    channel: whole(1, 16),
    echo: oneOf(['always', 'onRelease', 'never']),
    bytesASecond: whole(100, 1_000_000),
    isByName: yesNo,
    hello: listOf('messages', most.hello, message),
    column: (field, path) => {
      if (areCounted) controls(columns)(field, path)
      else if (columns === 0) problem('columns', 'to say how many columns there are', undefined)
    },
    controls: controls(1),
  }
  fields(device, ['id', 'name', 'ports'])(data, '')
  return problems
}
