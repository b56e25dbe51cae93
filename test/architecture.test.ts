// The rules of the tree: who may import whom, who subscribes, and that generated files are what the specs say.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { generatedFiles } from '../src/params/generate.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const src = join(root, 'src')

const filesBelow = (folder: string, extensions: readonly string[]): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => extensions.some((extension) => file.endsWith(extension)) && !/(^|\/)(build|generated)\//.test(file))
    .sort()

const sources = filesBelow(src, ['.ts']).filter((file) => !file.endsWith('.d.ts'))
const textOf = (file: string): string => readFileSync(join(src, file), 'utf8')

/** Files of this project that a file imports, static or dynamic, as paths from src. */
const importsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, path]) =>
    relative(src, join(src, dirname(file), path!)).replace(/\.js$/, '.ts'),
  )

const basics = ['errors.ts', 'units.ts', 'log.ts']

/** What a folder's files may import beside their own folder: folders end with a slash. */
const allowed: Record<string, readonly string[]> = {
  'errors.ts': [],
  'units.ts': [],
  'log.ts': [],
  'processors/': ['params/spec.ts'],
  'params/': ['errors.ts', 'units.ts', 'processors/'],
  'engine/': [...basics, 'params/'],
  'osc/': [...basics, 'params/', 'surface/'],
  'layouts/': [...basics, 'params/', 'config/desk-file.ts'],
  'surface/': [...basics],
  'mapping/': [...basics, 'params/', 'surface/', 'config/yaml-file.ts'],
  'scenes/': [...basics, 'params/', 'config/'],
  'config/': [...basics, 'params/', 'engine/', 'surface/match.ts', 'surface/link.ts', 'supervisor/run-options.ts'],
  'mastering/': [...basics, 'params/', 'engine/', 'processors/', 'config/', 'takes/'],
  'takes/': [...basics, 'params/', 'engine/', 'config/'],
  'control/': [
    ...basics,
    'params/',
    'engine/',
    'config/',
    'takes/',
    'surface/',
    'mapping/',
    'scenes/',
    'supervisor/run-options.ts',
  ],
  'supervisor/': [...basics, 'params/', 'engine/', 'config/', 'osc/udp.ts', 'surface/catalogue.ts'],
}

/** Where processes begin, everything is put together. */
const mayMore: Record<string, readonly string[]> = {
  'params/generate.ts': ['engine/shared-layout.ts', 'mapping/json-schema.ts'],
  'engine/engine-process.ts': ['supervisor/child.ts'],
  'control/tablets-file.ts': ['osc/known-tablets.ts'],
  'control/tablets.ts': ['osc/'],
  'control/control-process.ts': ['supervisor/child.ts', 'osc/', 'flow.ts'],
  'surface/osc-codec.ts': ['osc/decode.ts', 'osc/encode.ts'],
  // The jobs that it hands to the two processes.
  'supervisor/process-pair.ts': ['control/control-process.ts'],
}

const isAt = (file: string, place: string): boolean => (place.endsWith('/') ? file.startsWith(place) : file === place)

describe('the tree', () => {
  it('imports one way', () => {
    const wrong = sources.flatMap((file) => {
      const folder = Object.keys(allowed).find((place) => isAt(file, place))
      if (folder === undefined) return []
      const may = [folder, ...allowed[folder]!, ...(mayMore[file] ?? [])]
      return importsOf(file)
        .filter((imported) => !may.some((place) => isAt(imported, place)))
        .map((imported) => `${file} imports ${imported}`)
    })
    expect(wrong).toEqual([])
  })

  it('finds every import it judges', () => {
    const missing = sources.flatMap((file) => importsOf(file).filter((imported) => !existsSync(join(src, imported))))
    expect(missing).toEqual([])
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(100)
  })

  it('subscribes in flow.ts alone, which stays under 100 lines', () => {
    expect(sources.filter((file) => /\.subscribe\(|\.forEach\(\(.*\$\b/.test(textOf(file)))).toEqual(['flow.ts'])
    expect(textOf('flow.ts').split('\n').length).toBeLessThan(100)
  })

  it('lets drivers see the contract, Node-free, and one another', () => {
    const drivers = filesBelow(join(root, 'drivers'), ['.ts'])
    const wrong = drivers.flatMap((file) =>
      [...readFileSync(join(root, 'drivers', file), 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)]
        .filter(([, path]) => !/^(#surface\/|\.\/[^/]+$)/.test(path!))
        .map(([, path]) => `${file} imports ${path}`),
    )
    expect(wrong).toEqual([])
    expect(drivers.length).toBeGreaterThan(10)
  })

  it('keeps Node and PortAudio out of the processors', () => {
    const headers = filesBelow(join(src, 'processors'), ['.h', '.cc', '.ts'])
    const wrong = headers.filter((file) =>
      /#include\s*[<"](node|napi|uv|v8|portaudio|pa_)|from 'node:/.test(textOf(join('processors', file))),
    )
    expect(wrong).toEqual([])
    expect(headers.length).toBeGreaterThan(10)
  })

  it('opens every file with a line that says what it is for', () => {
    const wrong = sources.filter((file) => !/^(#!.*\n)?\/\/ \S/.test(textOf(file)))
    expect(wrong).toEqual([])
  })

  it.each(Object.entries(generatedFiles()))('has %s as `npm run generate` writes it', (path, content) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(content)
  })
})
