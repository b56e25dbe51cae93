// Novation Launch Control XL (and mk2) on its first factory template, which it is put to when it is opened.
import { deviceDriver, type LightData } from '#surface/device-data.js'

const template = 8
const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
/** Lights are addressed by their place, whatever template is shown. */
const led = (place: number): string => `sysex F0 00 20 29 02 11 78 ${hex(template)} ${hex(place)} vv F7`
const leds = (from: number): string[] => Array.from({ length: 8 }, (_, index) => led(from + index))

/** 16 × green + red, each 0 to 3; 12 writes both buffers, 8 lets it flash. */
const value = (red: number, green: number, flags = 12): number => 16 * green + red + flags
const lit = (red: number, green: number) => ({ on: value(red, green), blink: value(red, green, 8) })
const twoColors = (wire: string[]): LightData => ({
  wire,
  off: value(0, 0),
  ...lit(3, 3),
  colors: { red: lit(3, 0), green: lit(0, 3), yellow: lit(3, 3) },
})
const oneColor = (place: number): LightData => ({ wire: led(place), off: value(0, 0), ...lit(3, 3) })
const amber = (wire: string[]) => ({ wire, values: [value(0, 0), value(1, 1), value(2, 2), value(3, 3)] })

export const launchControlXl = deviceDriver({
  id: 'novation-launch-control-xl',
  name: 'Novation Launch Control XL',
  ports: ['Launch Control XL'],
  columns: 8,
  channel: 9,
  // The template, empty lights, and flashing by the device's own clock.
  hello: [`F0 00 20 29 02 11 77 ${hex(template)} F7`, `B${hex(template)[1]} 00 00`, `B${hex(template)[1]} 00 28`],
  column: {
    knob1: { kind: 'pot', wire: 'cc 13-20', levels: amber(leds(0)) },
    knob2: { kind: 'pot', wire: 'cc 29-36', levels: amber(leds(8)) },
    knob3: { kind: 'pot', wire: 'cc 49-56', levels: amber(leds(16)) },
    fader: { kind: 'fader', wire: 'cc 77-84' },
    button1: { kind: 'button', wire: 'note 41-44,57-60', light: twoColors(leds(24)) },
    button2: { kind: 'button', wire: 'note 73-76,89-92', light: twoColors(leds(32)) },
  },
  controls: {
    device: { kind: 'button', wire: 'note 105', light: oneColor(40) },
    muteMode: { kind: 'button', wire: 'note 106', light: oneColor(41) },
    soloMode: { kind: 'button', wire: 'note 107', light: oneColor(42) },
    recMode: { kind: 'button', wire: 'note 108', light: oneColor(43) },
    up: { kind: 'button', wire: 'cc 104', light: oneColor(44) },
    down: { kind: 'button', wire: 'cc 105', light: oneColor(45) },
    bankLeft: { kind: 'button', wire: 'cc 106', light: oneColor(46) },
    bankRight: { kind: 'button', wire: 'cc 107', light: oneColor(47) },
  },
})
