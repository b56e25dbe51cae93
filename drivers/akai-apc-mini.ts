// Akai APC mini (the first one; the mk2 has other notes): nine faders, a grid of 8 × 8 three-coloured buttons, a row and a column beside it.
import { type ControlData, deviceDriver } from '#surface/device-data.js'

const grid = {
  off: 0,
  on: 1,
  blink: 2,
  colors: { green: { on: 1, blink: 2 }, red: { on: 3, blink: 4 }, yellow: { on: 5, blink: 6 } },
}
const oneColor = { off: 0, on: 1, blink: 2 }

/** Rows of the grid from the top down, as fingers count them; its notes count from the bottom up. */
const rows = Object.fromEntries(
  [1, 2, 3, 4, 5, 6, 7, 8].map((row): [string, ControlData] => {
    const first = 64 - 8 * row
    return [`button${row}`, { kind: 'button', wire: `note ${first}-${first + 7}`, light: grid }]
  }),
)
const scenes = Object.fromEntries(
  [1, 2, 3, 4, 5, 6, 7, 8].map((scene): [string, ControlData] => [
    `scene${scene}`,
    { kind: 'button', wire: `note ${81 + scene}`, light: oneColor },
  ]),
)

export const apcMini = deviceDriver({
  id: 'akai-apc-mini',
  name: 'Akai APC mini',
  ports: ['APC MINI'],
  notPorts: ['APC mini mk2'],
  columns: 8,
  column: {
    fader: { kind: 'fader', wire: 'cc 48-55' },
    select: { kind: 'button', wire: 'note 64-71', light: oneColor },
    ...rows,
  },
  controls: {
    'main.fader': { kind: 'fader', wire: 'cc 56' },
    shift: { kind: 'button', wire: 'note 98' },
    ...scenes,
  },
})
