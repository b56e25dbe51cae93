// The JSON Schema of mappings for editors, made of the same table that the checker goes by.
import { mappingShape } from './grammar.js'
import type { Shape } from './shape.js'

type Schema = Record<string, unknown>

export function mappingSchema(): Schema {
  const definitions: Record<string, Schema> = {}

  const schemaOf = (shape: Shape & { readonly doc?: string }): Schema => ({
    ...(shape.doc ? { description: shape.doc } : {}),
    ...plain(shape),
  })
  const plain = (shape: Shape): Schema => {
    switch (shape.kind) {
      case 'text':
        return { type: 'string', minLength: 1, maxLength: 256, ...(shape.pattern ? { pattern: shape.pattern.source } : {}) }
      case 'names':
        return { enum: shape.names }
      case 'number':
        return { type: shape.whole ? 'integer' : 'number', minimum: shape.min, maximum: shape.max }
      case 'yesNo':
        return { type: 'boolean' }
      case 'nothing':
        return { type: 'null' }
      case 'opaque':
        return { type: 'object' }
      case 'list':
        return { type: 'array', items: schemaOf(shape.of), minItems: shape.min, maxItems: shape.max }
      case 'map':
        return {
          type: 'object',
          properties: Object.fromEntries(Object.entries(shape.keys).map(([key, inner]) => [key, schemaOf(inner)])),
          ...(shape.required.length > 0 ? { required: shape.required } : {}),
          additionalProperties: false,
        }
      case 'dict':
        return {
          type: 'object',
          propertyNames: { pattern: shape.key.source },
          maxProperties: shape.max,
          additionalProperties: schemaOf(shape.of),
        }
      case 'any':
        return { anyOf: shape.of.map(schemaOf) }
      case 'named':
        if (!definitions[shape.name]) {
          definitions[shape.name] = {}
          definitions[shape.name] = schemaOf(shape.shape())
        }
        return { $ref: `#/$defs/${shape.name}` }
    }
  }

  const top = schemaOf(mappingShape)
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'A mapping of deskd', ...top, $defs: definitions }
}

export const mappingSchemaText = (): string => `${JSON.stringify(mappingSchema(), null, 2)}\n`
