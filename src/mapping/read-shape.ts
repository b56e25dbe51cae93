// Reads YAML by a shape: plain data of what is right, a problem with line and path for what is not.
import { type Entry, nearestNames, type YamlFile } from '../config/yaml-file.js'
import { expectedOf, type Shape } from './shape.js'

/** Lines of everything that was read, by path. */
export type Lines = Map<string, number>

/** Plain data; undefined for what is wrong. */
export function readShape(yaml: YamlFile, entry: Entry, shape: Shape, lines: Lines): unknown {
  lines.set(entry.path, entry.line)
  const wrong = (): undefined => {
    const scalar = yaml.scalar(entry.value)
    const expected =
      shape.kind === 'names' && shape.names.length > 8
        ? `a known name (nearest: ${nearestNames(String(scalar), shape.names).join(', ')})`
        : expectedOf(shape)
    yaml.problem(entry.line, entry.path, expected, yaml.describe(entry.value))
  }
  switch (shape.kind) {
    case 'named':
      return readShape(yaml, entry, shape.shape(), lines)
    case 'any': {
      const fitting = shape.of.filter((one) => fits(yaml, entry.value, one))
      return fitting[0] === undefined ? wrong() : readShape(yaml, entry, fitting[0], lines)
    }
    case 'list': {
      const items = yaml.items(entry.value, entry.path)
      if (!items || items.length < shape.min || items.length > shape.max) return wrong()
      return items.map((item) => readShape(yaml, item, shape.of, lines))
    }
    case 'map': {
      if (!yaml.isMap(entry.value)) return wrong()
      const read: Record<string, unknown> = {}
      for (const field of yaml.entries(entry.value, entry.path)) {
        const inner = Object.hasOwn(shape.keys, field.key) ? shape.keys[field.key] : undefined
        if (inner) read[field.key] = readShape(yaml, field, inner, lines)
        else yaml.unknownKey(field, Object.keys(shape.keys))
      }
      for (const key of shape.required)
        if (!Object.hasOwn(read, key)) yaml.problem(entry.line, entry.path, `the key ${key}`, 'none')
      return read
    }
    case 'dict': {
      if (!yaml.isMap(entry.value)) return wrong()
      const fields = yaml.entries(entry.value, entry.path)
      if (fields.length > shape.max) {
        yaml.problem(entry.line, entry.path, `at most ${shape.max} keys`, String(fields.length))
        return undefined
      }
      const right = fields.filter((field) => {
        const isName = shape.key.test(field.key) && !(field.key in Object.prototype)
        if (!isName) yaml.problem(field.line, field.path, shape.expected, `"${field.key}"`)
        return isName
      })
      return Object.fromEntries(right.map((field) => [field.key, readShape(yaml, field, shape.of, lines)]))
    }
    case 'opaque':
      return entry.value
    default: {
      const value = yaml.scalar(entry.value)
      return value !== undefined && isScalar(shape, value) ? value : wrong()
    }
  }
}

/** Whether a value is the sort of YAML that a shape reads, so that its own problems are the ones to tell. */
function fits(yaml: YamlFile, value: unknown, shape: Shape): boolean {
  switch (shape.kind) {
    case 'named':
      return fits(yaml, value, shape.shape())
    case 'any':
      return shape.of.some((one) => fits(yaml, value, one))
    case 'list':
      return yaml.items(value, '') !== undefined
    case 'map':
    case 'dict':
    case 'opaque':
      return yaml.isMap(value)
    default: {
      const scalar = yaml.scalar(value)
      return scalar !== undefined && isScalar(shape, scalar)
    }
  }
}

function isScalar(shape: Shape, value: string | number | boolean | null): boolean {
  switch (shape.kind) {
    case 'text':
      return typeof value === 'string' && value !== '' && value.length <= 256 && (shape.pattern?.test(value) ?? true)
    case 'names':
      return shape.names.includes(String(value))
    case 'number':
      return typeof value === 'number' && value >= shape.min && value <= shape.max && (!shape.whole || Number.isInteger(value))
    case 'yesNo':
      return typeof value === 'boolean'
    case 'nothing':
      return value === null
    default:
      return false
  }
}
