// Devices of mapping files as they come, are saved, break and go.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Subscription } from 'rxjs'
import { afterEach, expect, it, vi } from 'vitest'
import { type OwnDevice, ownDevices } from '../../src/control/own-devices.js'

const ended: (() => void)[] = []
afterEach(() => {
  for (const end of ended.splice(0)) end()
  vi.useRealTimers()
})

/** A folder that is not there yet, looked at whenever `look` is called. */
function watched(files: readonly string[] = []) {
  vi.useFakeTimers()
  const above = mkdtempSync(join(tmpdir(), 'deskd-own-'))
  const folder = join(above, 'mappings')
  const told: (readonly OwnDevice[])[] = []
  const subscription: Subscription = ownDevices(
    folder,
    files.map((file) => join(above, file)),
    100,
  ).subscribe((own) => told.push(own))
  ended.push(() => {
    subscription.unsubscribe()
    rmSync(above, { recursive: true })
  })
  const save = (path: string, text: string): void => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${path}.next`, text)
    renameSync(`${path}.next`, path)
  }
  const look = (): readonly OwnDevice[] => {
    vi.advanceTimersByTime(100)
    return told.at(-1)!
  }
  return { above, folder, told, save, look }
}

const device = (id: string, wire: string, more = ''): string =>
  `surface: ${id}\ndevice: { name: B, ports: [B], controls: { knob: { kind: pot, wire: ${wire} } } }\n${more}`
const idsOf = (own: readonly OwnDevice[]): string[] => own.map(({ driver }) => driver.id)

it('begins without a folder, and tells of a device when its file is there', () => {
  const { told, save, look, folder } = watched()
  expect(told).toHaveLength(1)
  expect(told[0]).toEqual([])
  look()
  expect(told).toHaveLength(1)
  save(join(folder, 'box.yaml'), device('box', 'cc 7'))
  save(join(folder, 'behringer-x-touch.yaml'), 'extends: behringer-x-touch\nsurface: behringer-x-touch\n')
  const own = look()
  expect(idsOf(own)).toEqual(['box'])
  expect(own[0]!.file).toBe(join(folder, 'box.yaml'))
  look()
  expect(told).toHaveLength(2)
})

it('keeps a device where only what its controls do is saved, and makes another where the device is', () => {
  const { save, look, folder } = watched()
  const file = join(folder, 'box.yaml')
  save(file, device('box', 'cc 7'))
  const first = look()[0]!.driver
  save(file, device('box', 'cc 7', 'layers:\n  - controls: { knob: strip.1.pan }\n'))
  expect(look()[0]!.driver).toBe(first)
  save(file, device('box', 'cc 8'))
  const second = look()[0]!.driver
  expect(second).not.toBe(first)
  expect(second.id).toBe('box')
  rmSync(file)
  expect(idsOf(look())).toEqual([])
})

it('keeps the device of before a broken save', () => {
  const { save, look, folder } = watched()
  const file = join(folder, 'box.yaml')
  save(file, device('box', 'cc 7'))
  const first = look()[0]!.driver
  save(file, device('box', 'cc 700'))
  expect(look().map(({ driver }) => driver)).toEqual([first])
})

it('tells of a file without a device, too: it may be the mapping of a driver', () => {
  const { told, save, look, folder } = watched()
  save(join(folder, 'mackie-control.yaml'), 'extends: mackie-control\nsurface: mackie-control\n')
  expect(look()).toEqual([])
  expect(told).toHaveLength(2)
})

it('reads files elsewhere, whenever they are there', () => {
  const { save, look, folder, above } = watched(['left.yaml'])
  save(join(folder, 'a.yaml'), device('box', 'cc 7'))
  expect(idsOf(look())).toEqual(['box'])
  save(join(above, 'left.yaml'), device('left', 'cc 9'))
  expect(idsOf(look())).toEqual(['left', 'box'])
})
