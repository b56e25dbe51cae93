// Editors and the checker go by one table: what ships satisfies the schema, and what the schema refuses the checker refuses.
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { mappingSchema } from '../../src/mapping/json-schema.js'
import { readMappingText, shippedFolder } from '../../src/mapping/load.js'
import { buildRegistry, defaultTopology } from '../../src/params/registry.js'
import { mappingFiles, shapeOf } from '../fixtures/shipped-mappings.js'

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(mappingSchema())
const registry = buildRegistry(defaultTopology)

describe('the schema of mappings', () => {
  it('is the one in the repository', () => {
    expect(JSON.parse(readFileSync(join(shippedFolder, 'mapping.schema.json'), 'utf8'))).toEqual(mappingSchema())
  })

  it.each(mappingFiles.map((file) => [basename(file), file]))('takes %s', (_, file) => {
    validate(parse(readFileSync(file, 'utf8')))
    expect(validate.errors).toBeNull()
  })

  const head = 'surface: behringer-x-touch\nbank: { over: [strips] }\n'
  it.each([
    'bank: { over: [] }',
    'bank: { by: 0 }',
    'banc: {}',
    'surface: "X Touch"',
    'takeover: { other: jumps }',
    'takeover: { hint: { up: solo } }',
    'state: { page: { oneOf: [] } }',
    'state: { Page: { toggle: true } }',
    'fine: { by: 0.5 }',
    'layers: [{ column: { fader: 3 } }]',
    'layers: [{ column: { fader: { parm: $.faderDb } } }]',
    'layers: [{ column: { fader: { param: $.faderDb, curve: log } } }]',
    'layers: [{ column: { fader: { param: $.faderDb, range: [1] } } }]',
    'layers: [{ controls: { play: { do: transport.plai } } }]',
    'layers: [{ controls: { "1": ~ } }]',
    'layers: [{ swap: [fader] }]',
  ])('refuses %s, as the checker does', (text) => {
    expect(validate(parse(text))).toBe(false)
    const isHead = /^(surface|bank)/.test(text)
    expect(() => readMappingText('test.yaml', isHead ? text : head + text, shapeOf, registry)).toThrow('test.yaml')
  })
})
