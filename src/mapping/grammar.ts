// The language of mappings as a table: `read-shape.ts` checks files by it, `json-schema.ts` makes the schema for editors of it.
import { actionNames } from '../params/actions.js'
import type { ColorName } from '../surface/look.js'
import { channelKinds } from './channels.js'
import { any, dict, list, map, named, names, nothing, numberFrom, says, text, wholeFrom, yesNo } from './shape.js'

/** Caps on what one mapping may hold. */
export const caps = { fileBytes: 256 * 1024, states: 32, choices: 64, layers: 128, controls: 1024, rows: 8, targets: 32 } as const

/** How 0…1 of a control's travel goes over the range. */
export const curveNames = ['taper', 'linear', 'slow', 'fast', 'centre'] as const
export const ringNames = ['dot', 'boostCut', 'wrap', 'spread'] as const
export const takeoverNames = ['jump', 'pickup', 'scaled'] as const
export const textFormats = ['value', 'name', 'timecode', 'seconds'] as const
export const surfaceActions = ['bank.move', 'bank.to', 'dca.spill', 'reset'] as const

const path = text('a parameter path like $.faderDb')
const control = text('the name of a control')
const stateName = text('the name of a state')
const scalar = any(text('text'), numberFrom(-1e9, 1e9), yesNo)
const unitRange = list(any(numberFrom(-1e9, 1e9), text('a value like -inf', /^-inf$/)), 2, 2)
const binding = named('binding', () => bindingShape)
const textSource = named('textSource', () => textSourceShape)

const textSourceShape = any(
  path,
  map({
    param: says('A parameter, meter or text.', path),
    of: says('What this control moves: its name, and its value while it moves.', control),
    touched: says('While this other control is touched or moves: its value.', control),
    holdMs: says('How long a value stands after the control rests.', wholeFrom(0, 60000)),
    rest: says('What stands while nothing moves.', names('name', 'value')),
    text: says('This very text.', text('text')),
    state: says('The value of a state.', stateName),
    names: says('What to write for each value of the state.', dict(text('text'), caps.choices, /./, 'a value of the state')),
    as: says('How it is written.', names(...textFormats)),
  }),
)

const bindingShape = any(
  nothing,
  text('a parameter path like $.faderDb'),
  map({
    param: says('The parameter, with $ for the column’s channel and {state} for a state’s value.', path),
    ring: says('How a ring of LEDs shows it.', names(...ringNames)),
    curve: says('How the travel goes over the range; taper is the parameter’s own.', names(...curveNames)),
    range: says('From bottom to top, in the parameter’s unit.', unitRange),
    invert: says('The other way round.', yesNo),
    step: says('By how much one tick or press moves it, in the parameter’s unit.', numberFrom(-1e6, 1e6)),
    acceleration: says(
      'Fast turns go further: from so many ticks a second up to so many, by up to so many times. false: never.',
      any(yesNo, map({ from: numberFrom(1, 1000), to: numberFrom(1, 10000), times: numberFrom(1, 100) })),
    ),
    toggle: says('A press changes it between off and on (as it is for what is on or off).', yesNo),
    momentary: says('On while it is pressed.', yesNo),
    value: says('A press sets this.', scalar),
    name: says('What displays call it.', text('text')),
    push: says('What pressing the knob does.', binding),
    long: says('What a long press does; the short one then acts when it is let go.', binding),
    double: says('What a double press does.', binding),
    left: says('What a tick to the left does.', binding),
    right: says('What a tick to the right does.', binding),
    set: says('Sets a state.', stateName),
    to: says(
      'The value that is set or gone to; or several things that are moved at once.',
      any(scalar, list(binding, caps.targets)),
    ),
    again: says('What happens when the state has that value already.', binding),
    cycle: says('Goes to the next value of a state.', stateName),
    do: says('An action.', names(...surfaceActions, ...actionNames)),
    with: says('What the action takes.', any(scalar, list(scalar, 4))),
    by: says('Channels to bank by.', wholeFrom(-512, 512)),
    pages: says('Widths of the bank to bank by.', wholeFrom(-64, 64)),
    light: says('What lights it: a parameter, a meter, anySolo, or on, off, blink.', path),
    color: says('Its colour: a name, or a parameter.', text('a colour or a path')),
    blink: says('It blinks where it would light.', yesNo),
    top: says('Upper row of a display.', textSource),
    bottom: says('Lower row of a display.', textSource),
    rows: says('Rows of a display.', list(textSource, caps.rows)),
    of: says('A display of one row: what this control moves.', control),
    touched: says('A display of one row: another control while it moves.', control),
    holdMs: says('How long a value stands after the control rests.', wholeFrom(0, 60000)),
    rest: says('What stands while nothing moves.', names('name', 'value')),
    text: says('This very text.', text('text')),
    state: says('The value of a state.', stateName),
    names: says('What to write for each value of the state.', dict(text('text'), caps.choices, /./, 'a value of the state')),
    as: says('How it is written.', names(...textFormats)),
  }),
)

const bindings = dict(binding, caps.controls, /^[A-Za-z][A-Za-z0-9.]*$/, 'the name of a control')
const channelList = list(text(`channels: ${Object.keys(channelKinds).join(', ')}, or an id like bus.2`), 512)

const layerShape = map({
  when: says(
    'Values that states, held controls and parameters must have for the layer to be active.',
    dict(any(scalar, list(scalar, caps.choices)), 16, /./, 'a state, held, or a parameter path'),
  ),
  column: says('Controls that every column has; $ is the column’s channel.', bindings),
  controls: says('Controls by their full names.', bindings),
  spread: says(
    'Controls of the columns from left to right.',
    dict(list(binding, 64), 64, /^[A-Za-z][A-Za-z0-9.]*$/, 'a control'),
  ),
  swap: says('Two controls of each column change places.', list(control, 2, 2)),
})

export const mappingShape = map({
  extends: says('The mapping that this one begins with.', text('the name of a mapping', /^[a-z0-9][a-z0-9-]{0,63}$/)),
  surface: says('The driver.', text('the id of a driver', /^[a-z0-9][a-z0-9-]{0,63}$/)),
  device: says('A device of its own, as `deskd learn` writes it.', { kind: 'opaque' }),
  bank: says(
    'Which channels stand on the columns.',
    map({
      over: says(
        'The channels, or several lists of them by name, which the state `view` chooses from.',
        any(channelList, dict(channelList, 16, /^[a-z][A-Za-z0-9]*$/, 'the name of a view')),
      ),
      by: says('Width of a bank; the surface’s columns unless it is said.', wholeFrom(1, 512)),
      group: says('Surfaces of one group bank together.', text('the name of a group', /^[a-z][A-Za-z0-9]*$/)),
      offset: says('Where in the group’s bank the first column stands.', wholeFrom(0, 512)),
    }),
  ),
  takeover: says(
    'What happens where a control does not stand where the value is.',
    map({
      motor: says('Motor faders.', names('follow')),
      other: says('Everything else that stands somewhere.', names(...takeoverNames)),
      hint: says(
        'How to tell which way to move.',
        any(
          names('display', 'none'),
          map({ up: says('Light for up.', control), down: says('Light for down.', control) }, 'up', 'down'),
        ),
      ),
    }),
  ),
  fine: says(
    'Encoders go by a fraction while a control is held.',
    map({ held: says('The control.', control), by: says('The fraction.', numberFrom(0.001, 1)) }, 'held'),
  ),
  state: says(
    'What the surface remembers.',
    dict(
      map({
        oneOf: says('One of these names.', list(text('a name', /^[A-Za-z][A-Za-z0-9]*$/), caps.choices)),
        index: says(
          'A number from 1: of a kind of channel, or up to this. `channels` is any channel.',
          any(wholeFrom(1, 512), names(...Object.keys(channelKinds), 'channels')),
        ),
        toggle: says('Off or on.', yesNo),
        start: says('What it begins with.', scalar),
        follow: says(
          'Shared: with all surfaces (`desk`), or with those of a group.',
          text('desk or a group', /^[a-z][A-Za-z0-9]*$/),
        ),
      }),
      caps.states,
      /^[a-z][A-Za-z0-9]*$/,
      'the name of a state',
    ),
  ),
  layers: says('From bottom to top: the last active one that binds a control wins.', list(layerShape, caps.layers)),
})

export const colorNames = [
  'off',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
] as const satisfies readonly ColorName[]
