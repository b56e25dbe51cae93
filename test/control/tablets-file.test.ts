// What is kept of tablets over a restart, and what is made of a file that somebody has spoilt.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { TabletsFile } from '../../src/control/tablets-file.js'

const folder = (): string => mkdtempSync(join(tmpdir(), 'deskd-tablets-'))
const ipad = { name: 'ipad', address: '192.168.1.20', heardPort: 5000, replyPort: 9001, wants: ['mix'], isPaired: true }
const stage = { name: 'stage', address: '192.168.1.9', isSurface: true }

it('keeps paired tablets, and of those that the configuration names what was heard of them', () => {
  const state = folder()
  const file = new TabletsFile(state)
  expect(file.read()).toEqual([])
  file.keep([{ ...stage, heardPort: 7 }, ipad])
  file.write()
  expect(new TabletsFile(state).read()).toEqual([ipad])
  expect(new TabletsFile(state).read([{ name: 'stage', address: '192.168.1.9', replyPort: 8 }])).toEqual([
    { ...stage, heardPort: 7, replyPort: 8 },
    ipad,
  ])
  // Another address is another tablet; the configuration wins where a paired one has its name or address.
  expect(new TabletsFile(state).read([{ name: 'stage', address: '192.168.1.20' }])).toEqual([
    { name: 'stage', address: '192.168.1.20' },
  ])
})

it('makes the best of what is in the file', () => {
  const state = folder()
  const read = (text: string) => {
    writeFileSync(join(state, 'tablets.json'), text)
    return new TabletsFile(state).read()
  }
  for (const text of ['', 'null', '{}', '[null, 3, {"name": "x"}, {"name": "x", "address": "no"}]'])
    expect(read(text)).toEqual([])
  expect(read(JSON.stringify([{ ...ipad, heardPort: 1e9, wants: [1, 'mix'], more: 1 }]))).toEqual([
    { name: 'ipad', address: '192.168.1.20', replyPort: 9001, wants: ['mix'], isPaired: true },
  ])
  expect(
    read(
      JSON.stringify(Array.from({ length: 1000 }, (_, i) => ({ ...ipad, name: `t${i}`, address: `10.0.${i >> 8}.${i & 255}` }))),
    ),
  ).toHaveLength(64)
})

it('is written at most once a second', async () => {
  const state = folder()
  const file = new TabletsFile(state)
  for (let i = 0; i < 1000; i++) file.keep([{ ...ipad, heardPort: i + 1 }])
  expect(() => readFileSync(join(state, 'tablets.json'))).toThrow()
  file.write()
  expect(JSON.parse(readFileSync(join(state, 'tablets.json'), 'utf8'))[0].heardPort).toBe(1000)
})
