// The host's configuration: file below, command line above, mistakes all at once.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/config-file.js'

function fileOf(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'deskd-config-')), 'deskd.yaml')
  writeFileSync(file, text)
  return file
}

describe('the configuration', () => {
  it('is 48 kHz, 256 frames and 127.0.0.1:9000 without a file', () => {
    const config = readConfig({ state: '/tmp/x' })
    expect(config).toMatchObject({ audio: 'auto', sampleRateHz: 48000, bufferFrames: 256, state: '/tmp/x', recordBits: '32f' })
    expect(config.osc).toEqual({ host: '127.0.0.1', port: 9000, allow: [] })
  })

  it('takes paths from its own folder, and the command line over it', () => {
    const file = fileOf(
      'audio: virtual\nsampleRateHz: 96000\nbufferFrames: 64\nstate: here\nplay: songs\nosc: {port: 9009, allow: [10.0.0.0/8]}\n',
    )
    const config = readConfig({ config: file, bufferFrames: 128, osc: { host: '0.0.0.0', port: 9010 } })
    expect(config).toMatchObject({ audio: 'virtual', sampleRateHz: 96000, bufferFrames: 128, state: join(file, '..', 'here') })
    expect(config.play).toBe(join(file, '..', 'songs'))
    expect(config.osc).toEqual({ host: '0.0.0.0', port: 9010, allow: ['10.0.0.0/8'] })
  })

  it('tells all five mistakes at once', () => {
    const file = fileOf('audio: alsa\nsampleRateHz: 1000\nbuffer: 64\nosc:\n  port: 70000\n  allow: [10.0.0.0/40]\n')
    expect(() => readConfig({ config: file })).toThrow(
      expect.objectContaining({
        code: 'config',
        message: [
          `${file}: 5 problems`,
          `  ${file}:1: audio: expected one of auto, portaudio, virtual, found "alsa"`,
          `  ${file}:2: sampleRateHz: expected a whole number from 44100 to 192000 Hz, found 1000`,
          `  ${file}:3: buffer: expected a known name (nearest: bufferFrames, audio, state), found "buffer"`,
          `  ${file}:5: osc.port: expected a whole number from 0 to 65535, found 70000`,
          `  ${file}:6: osc.allow[1]: expected a network like 192.168.1.0/24, found "10.0.0.0/40"`,
        ].join('\n'),
      }),
    )
  })

  it('refuses a buffer of 8 frames and a file that is not there', () => {
    expect(() => readConfig({ bufferFrames: 8 })).toThrow('--buffer: expected a whole number from 16 to 8192 frames, found 8')
    expect(() => readConfig({ config: '/nowhere/deskd.yaml' })).toThrow(/expected a readable file/)
  })

  it('has no surfaces of its own and looks for MIDI ports four times a second, unless it says so', () => {
    expect(readConfig({})).toMatchObject({ surfaces: [], midi: { on: true, pollMs: 250 } })
    const file = fileOf(`midi: {on: false, pollMs: 500}
surfaces:
  - {name: left, driver: behringer-x-touch, group: both}
  - name: bridge
    driver: mackie-control
    mapping: maps/bridge.yaml
    bytesASecond: 3125
    units:
      - {role: main, port: "unix:/run/x.sock"}
      - {role: extender, port: XT, place: usb-0000:00:14.0-1.4}
  - {mapping: knobs.yaml, name: knobs}
  - {name: ipad, driver: osc-tablet, address: 192.168.1.20, replyPort: 9001}
`)
    expect(readConfig({ config: file })).toMatchObject({
      midi: { on: false, pollMs: 500 },
      surfaces: [
        { name: 'left', driver: 'behringer-x-touch', group: 'both', units: [] },
        {
          name: 'bridge',
          mapping: join(file, '..', 'maps/bridge.yaml'),
          bytesASecond: 3125,
          units: [
            { role: 'main', port: 'unix:/run/x.sock' },
            { role: 'extender', port: 'XT', place: 'usb-0000:00:14.0-1.4' },
          ],
        },
        { name: 'knobs', mapping: join(file, '..', 'knobs.yaml'), units: [] },
        {
          name: 'ipad',
          driver: 'osc-tablet',
          address: '192.168.1.20',
          replyPort: 9001,
          units: [{ port: 'OSC tablet', place: 'ipad' }],
        },
      ],
    })
  })

  it('tells all mistakes of its surfaces at once, each with its line', () => {
    const file = fileOf(`midi: {on: maybe}
surfaces:
  - {name: a b, driver: x}
  - {name: twin, driver: x}
  - {name: twin, drver: x}
  - {name: slow, driver: x, bytesASecond: 1, units: [{prt: X}, 3]}
  - {driver: osc-tablet, address: ipad.local, fromPort: 0, units: []}
  - {name: late, driver: osc-tablet, replyPort: 9001}
`)
    const problems = () => readConfig({ config: file })
    for (const problem of [
      ':1: midi.on: expected true or false, found "maybe"',
      ':3: surfaces[1].name: expected a name of letters, digits and - (at most 40), found "a b"',
      ':5: surfaces[3].drver: expected a known name (nearest: driver, name, group), found "drver"',
      ':5: surfaces[3]: expected a driver or a mapping, found neither',
      ':5: surfaces[3].name: expected a name of its own, found "twin"',
      ':6: surfaces[4].bytesASecond: expected a whole number from 100 to 1000000 bytes a second, found 1',
      ':6: surfaces[4].units[1].prt: expected one of role, port, place, found "prt"',
      ':6: surfaces[4].units[2]: expected a map with role, port or place, found 3',
      ':7: surfaces[5].address: expected an IP address like 192.168.1.20, found "ipad.local"',
      ':7: surfaces[5].fromPort: expected a whole number from 1 to 65535, found 0',
      ':7: surfaces[5]: expected a name, where there is an address, found none',
      ':7: surfaces[5]: expected an address or units, found both',
      ':8: surfaces[6].replyPort: expected an address too, found none',
    ])
      expect(problems).toThrow(problem)
    expect(problems).toThrow(': 13 problems')
    expect(() => readConfig({ config: fileOf('surfaces: x-touch') })).toThrow('a list of at most 32 surfaces, found "x-touch"')
  })
})
