import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firstValueFrom, ReplaySubject, skip, take, tap, toArray } from 'rxjs'
import { afterAll, describe, expect, it } from 'vitest'
import { watchMapping } from '../../src/mapping/mapping-file.js'
import { buildRegistry, defaultTopology } from '../../src/params/registry.js'
import { shapeOf } from '../fixtures/shipped-mappings.js'

const folder = mkdtempSync(join(tmpdir(), 'deskd-mapping-'))
afterAll(() => rmSync(folder, { recursive: true }))

const text = (layers: string): string => `extends: mackie-control\nsurface: behringer-x-touch\nlayers:\n${layers}`

describe('a mapping file', () => {
  it('gives a mapping, its mistakes when a save breaks it, and a mapping again when it is mended', async () => {
    const file = join(folder, 'mine.yaml')
    writeFileSync(file, text('  - controls: { f1: master.mute }\n'))
    const seen = new ReplaySubject<string>()
    const all = firstValueFrom(
      watchMapping(file, shapeOf, buildRegistry(defaultTopology)).pipe(
        tap((read) => seen.next('problem' in read ? read.problem : 'mapping')),
        take(3),
        toArray(),
      ),
    )
    const nth = (n: number): Promise<string> => firstValueFrom(seen.pipe(skip(n)))
    expect(await nth(0)).toBe('mapping')
    writeFileSync(file, text('  - controls: { f1: master.mut }\n'))
    expect(await nth(1)).toContain(
      `${file}:4: layers[1].controls.f1: expected a parameter; nearest: master.mute, found "master.mut"`,
    )
    // As editors do: another file takes its name.
    writeFileSync(join(folder, 'mine.yaml~'), text('  - controls: { f1: monitor.dim }\n'))
    renameSync(join(folder, 'mine.yaml~'), file)
    expect(await nth(2)).toBe('mapping')
    expect(await all).toHaveLength(3)
  })
})
