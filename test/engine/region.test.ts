// The region file: views, texts, hash check, and counters read without mapping it.
import { mkdtempSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CounterReader, createRegionFile, regionPaths, viewRegion } from '../../src/engine/region.js'
import { counterFields, countersOffset, initialRegion } from '../../src/engine/shared-layout.js'
import { defaultTexts, defaultValues } from '../../src/params/store.js'
import { memoryRegion, smallRegistry } from '../fixtures/memory-region.js'

describe('a region', () => {
  it('gives back topology, rate, values and texts it was made with', () => {
    const region = memoryRegion()
    expect(region.registry.topology).toEqual({
      stripStereo: [false, true],
      busCount: 2,
      inputCount: 4,
      outputCount: 2,
      dcaCount: 2,
      fxCount: 2,
    })
    expect(region.sampleRateHz).toBe(48000)
    expect(region.values).toEqual(defaultValues(region.registry))
    expect(region.allTexts()).toEqual(defaultTexts(region.registry))
    region.setText(0, 'Grüße')
    expect(region.text(0)).toBe('Grüße')
  })

  it('refuses memory of another layout', () => {
    const { buffer } = memoryRegion()
    new Int32Array(buffer)[1] = 1
    expect(() => viewRegion(buffer)).toThrow(/laid out by another version of deskd \(hash 1,/)
    expect(() => viewRegion(new ArrayBuffer(64))).toThrow(/another version/)
  })

  it('is a file for its user alone, whose counters can be read without mapping it', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'deskd-region-')), 'region')
    const registry = smallRegistry()
    const bytes = initialRegion(registry, 48000, defaultValues(registry), defaultTexts(registry))
    createRegionFile(path, bytes)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path).equals(bytes)).toBe(true)
    const counters = new CounterReader(path)
    const value = Buffer.alloc(8)
    value.writeDoubleLE(123456)
    writeSync(openSync(path, 'r+'), value, 0, 8, countersOffset + counterFields.indexOf('frames') * 8)
    expect(counters.read().frames).toBe(123456)
    counters.close()
  })

  it('has paths short enough for a socket, one for each state folder', () => {
    const one = regionPaths(`/var/lib/${'deep/'.repeat(50)}`)
    expect(one.socket.length).toBeLessThan(100)
    expect(regionPaths('/var/lib/other').region).not.toBe(one.region)
  })
})
