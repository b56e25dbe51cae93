// A tablet as a surface over OSC (TouchOSC, Open Stage Control …): eight columns and a master under /surface.
import type { ControlShape, Driver } from '#surface/driver.js'
import { oscCodec } from '#surface/osc-codec.js'

const columns = 8
/** What a float between 0 and 1 can tell apart on a screen. */
const steps = 1024

// Told of a finger where the app does so, but not all do.
const fader = { kind: 'fader', hasMotor: true, hasTouch: false, steps, hasFeedback: true } as const
/** A knob on a screen knows where it stands. */
const knob = { kind: 'pot', hasMotor: true, hasTouch: false, steps, hasFeedback: true } as const
const button = { kind: 'button', hasFeedback: true } as const

const inColumn = {
  fader,
  vpot: knob,
  'vpot.push': button,
  rec: button,
  solo: button,
  mute: button,
  select: button,
  lcd: { kind: 'text', rows: 2, chars: 12 },
  meter: { kind: 'meter' },
  color: { kind: 'color' },
} as const

const buttons = [
  ...['bankLeft', 'bankRight', 'channelLeft', 'channelRight', 'flip', 'globalView'],
  ...['assignTrack', 'assignSend', 'assignPan', 'assignPlugin', 'assignEq', 'assignInstrument'],
  ...Array.from({ length: 8 }, (_, i) => `f${i + 1}`),
  ...['shift', 'option', 'control', 'alt', 'save', 'undo', 'cancel', 'enter'],
  ...['marker', 'nudge', 'cycle', 'drop', 'replace', 'click', 'soloGlobal'],
  ...['rewind', 'forward', 'stop', 'play', 'record', 'up', 'down', 'left', 'right', 'zoom', 'scrub', 'userA', 'userB'],
]

/** `vpot.push` in column 3 is `vpot.3.push`. */
const idInColumn = (name: string, column: number): string => {
  const [control, ...part] = name.split('.')
  return [control, column, ...part].join('.')
}

const controls: ControlShape[] = [
  ...Array.from({ length: columns }, (_, i) => i + 1).flatMap((column) =>
    Object.entries(inColumn).map(([name, shape]) => ({ id: idInColumn(name, column), column, ...shape })),
  ),
  { id: 'main.fader', ...fader },
  { id: 'main.meter', kind: 'meter' },
  { id: 'main.lcd', kind: 'text', rows: 2, chars: 12 },
  { id: 'main.mute', ...button },
  { id: 'main.select', ...button },
  { id: 'jog', kind: 'wheel' },
  ...buttons.map((id) => ({ id, ...button })),
]

export const oscTablet: Driver = {
  id: 'osc-tablet',
  name: 'Tablet over OSC',
  protocol: 'osc',
  isTestedOnHardware: false,
  units: [
    {
      role: 'main',
      ports: [/^OSC tablet$/],
      columns,
      controls,
      // Ten datagrams of an Ethernet frame each in 100 ms: little for a wireless network, all of the surface for a tablet.
      bytesASecond: 150_000,
      createCodec: () => oscCodec('/surface', controls),
    },
  ],
  echo: 'onRelease',
}
