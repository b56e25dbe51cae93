// What the README shows works: its files, its ids, its addresses, its command lines.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { program } from '../../src/cli/program.js'
import { readDeskText } from '../../src/config/desk-file.js'
import { AddressSpace, scopeOf } from '../../src/osc/address-space.js'
import { actionAddress, actionNames } from '../../src/params/actions.js'
import { buildRegistry, defaultTopology, isParam } from '../../src/params/registry.js'
import { readScene } from '../../src/scenes/scene-file.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const registry = buildRegistry(defaultTopology)
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((m) => m[1] ?? '')

describe('README.md', () => {
  it('shows a desk file that can be read: five strips, two of them stereo, the limiter on, a reverb', () => {
    const desk = readDeskText('README.md', blocks('yaml')[0] ?? '')
    expect(desk.registry.topology.stripStereo).toEqual([false, false, true, false, true])
    const limiter = desk.registry.byId.get('master.limiter.on')!
    expect(isParam(limiter) && desk.values[limiter.index]).toBe(1)
    expect([...desk.tracks.keys()]).toEqual([1, 2])
  })

  it('shows a scene that can be read: of faders, mutes and sends', () => {
    const text = blocks('yaml').find((block) => block.includes('fadeS')) ?? ''
    const { head, params } = readScene('README.md', text, registry)
    expect(head).toMatchObject({ number: 2, fadeS: 1.5 })
    const fader = registry.byId.get('strip.1.faderDb')!
    expect(isParam(fader) && params.get(fader)).toBe(-3.5)
  })

  it('names OSC addresses that are there', () => {
    const space = new AddressSpace(registry)
    const addresses = [...readme.matchAll(/oscsend \S+ \d+ '?(\/[^\s']+)/g)].map((m) => m[1] ?? '')
    expect(addresses.length).toBeGreaterThan(4)
    const others = new Set([...actionNames.map(actionAddress), '/subscribe', '/tablet/hello', '/surface/fader/1'])
    for (const address of addresses.filter((a) => !others.has(a))) {
      const found = space.select(scopeOf(address))
      expect([address, [...found].filter(Boolean).length > 0]).toEqual([address, true])
    }
  })

  it('shows commands and options that are there', () => {
    const commands = new Map(program().commands.map((command: Command) => [command.name(), command]))
    const lines = [...readme.matchAll(/(?:npx deskd|`deskd) ([a-z]+)([^`\n|]*)/g)].filter(([, name]) => name !== 'help')
    expect(lines.length).toBeGreaterThan(10)
    for (const [, name = '', rest = ''] of lines) {
      const command = commands.get(name)
      expect([name, command !== undefined]).toEqual([name, true])
      const part = command!.commands.find((one) => one.name() === rest.trim().split(' ')[0])
      const known = (part ?? command!).options.map((option) => option.long)
      for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(known).toContain(option)
    }
  })

  it('names folders and files that are there', () => {
    const layout = /\nsrc\/\n([\s\S]*?)\ntest\//.exec(readme)?.[1] ?? ''
    const folders = [...layout.matchAll(/^ {2}([a-z.]+\/?)(?=[ <])/gm)].map((m) => m[1] ?? '')
    expect(folders.length).toBeGreaterThan(10)
    for (const folder of folders)
      expect([folder, existsSync(join(root, 'src', folder.replace(/<.*/, '')))]).toEqual([folder, true])
    for (const [, path] of readme.matchAll(/\]\((src\/[^)]+)\)/g)) expect(existsSync(join(root, path ?? ''))).toBe(true)
  })
})
