// Part of `npm run generate`: the ready layouts of mappings/layouts, for the desk that nobody has written a file for.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { plainDesk } from '../config/desk-file.js'
import { defaultTopology } from '../params/registry.js'
import { layoutApps, layoutJobs } from './layout.js'
import { defaultLayoutOptions, extensions, makeLayout } from './make-layout.js'
import { inflateTouchOsc } from './touch-osc.js'

/** By path from the root of the project. */
export const readyLayouts = (): { readonly path: string; readonly bytes: Uint8Array }[] =>
  layoutApps.flatMap((app) =>
    layoutJobs.map((job) => ({
      path: `mappings/layouts/${job}${extensions[app]}`,
      bytes: makeLayout(app, plainDesk(defaultTopology), { ...defaultLayoutOptions, job }),
    })),
  )

/** What is in it, however it was deflated: that differs between versions of zlib. */
export const contentOf = (path: string, bytes: Uint8Array): string =>
  path.endsWith(extensions.touchosc) ? inflateTouchOsc(bytes) : Buffer.from(bytes).toString('utf8')

function write(): void {
  const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
  for (const { path, bytes } of readyLayouts()) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    if (before(file) !== contentOf(path, bytes)) writeFileSync(file, bytes)
  }
}

function before(file: string): string | undefined {
  try {
    return contentOf(file, readFileSync(file))
  } catch {
    return undefined
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) write()
