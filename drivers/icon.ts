// iCON's surfaces in Mackie mode. Their meters have no overload light; some have a meter for the master, or coloured displays.
import { type Controls, color, meter, perColumn, type Show } from '#surface/control-table.js'
import { variant } from '#surface/define-driver.js'
import { portPattern } from '#surface/device-data.js'
import { message, partOf, rgbOf } from '#surface/shows.js'
import { mackieControl, mcuExtender, mcuMain, mcuMeter, meterStep, models, usbBytesASecond } from './mackie-control.js'

const main = (name: string) =>
  mcuMain({ model: models.mackieControl, chars: 7, ports: [portPattern(name)], bytesASecond: usbBytesASecond })
const extender = (name: string) =>
  mcuExtender({ model: models.mackieControlXt, chars: 7, ports: [portPattern(name)], bytesASecond: usbBytesASecond })

const strips: Controls = { meter: perColumn((i) => meter({ show: mcuMeter(i, false), refreshMs: 250 })) }

/** Both sides of the master at one level, on the second channel. */
const masterShow: Show = (look, control) =>
  [0, 1].map((side) => message(partOf(control, side), 'meter', 0xd1, (side << 4) | meterStep(look)))
const master: Controls = { 'main.meter': meter({ show: masterShow, refreshMs: 250 }) }

/** All eight displays in one message, red, green and blue of each. Without a colour they are white. */
const iconColor =
  (index: number): Show =>
  (look, control, shared) => {
    const key = (at: number) => `color at ${at}`
    shared.set(key(index), look?.kind === 'color' && look.color !== 'off' ? look.color : 'white')
    const colors = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((at) =>
      rgbOf((shared.get(key(at)) ?? 'white') as 'white').map((on) => on * 127),
    )
    return [message(control.slice(0, control.indexOf('.')), 'text', 0xf0, 0x00, 0x02, 0x4e, 0x16, 0x14, ...colors, 0xf7)]
  }
const colors: Controls = { color: perColumn((i) => color({ show: iconColor(i) })) }

const noDigits = ['timecode', 'assignment', 'smpteLight', 'beatsLight', 'soloLight']

export const platformMPlus = variant(mackieControl, {
  id: 'icon-platform-m-plus',
  name: 'iCON Platform M+',
  units: {
    main: { ...main('Platform M+'), without: [...noDigits, 'meter'] },
    extender: { ...extender('Platform X+'), without: ['meter'] },
  },
})

export const qconProX = variant(mackieControl, {
  id: 'icon-qcon-pro-x',
  name: 'iCON QCon Pro X',
  faders: { top: 15300 },
  units: {
    main: { ...main('QCon Pro X'), add: { ...strips, ...master }, without: ['assignment'] },
    extender: { ...extender('QCon Pro XS'), add: strips },
  },
})

export const p1M = variant(mackieControl, {
  id: 'icon-p1-m',
  name: 'iCON P1-M',
  units: {
    main: { ...main('P1-M'), add: { ...strips, ...master, ...colors }, without: ['assignment'] },
    extender: { ...extender('P1-X'), add: { ...strips, ...colors } },
  },
})
