// Behringer BCR2000 on factory preset 1: one controller a control. All its encoders keep a position inside and go where they are told.
import { type ControlData, deviceDriver } from '#surface/device-data.js'

const endless = (wire: string, push?: string): ControlData => ({
  kind: 'pot',
  wire,
  motor: true,
  ...(push && { push: { wire: push, behaviour: 'toggle', light: true } }),
})
const button = (wire: string): ControlData => ({ kind: 'button', wire, behaviour: 'toggle', light: true })

export const bcr2000 = deviceDriver({
  id: 'behringer-bcr2000',
  name: 'Behringer BCR2000',
  ports: ['BCR2000'],
  columns: 8,
  column: {
    // The top row in its four groups.
    pot: endless('cc 1-8', 'cc 33-40'),
    pot2: endless('cc 9-16', 'cc 41-48'),
    pot3: endless('cc 17-24', 'cc 49-56'),
    pot4: endless('cc 25-32', 'cc 57-64'),
    button1: button('cc 65-72'),
    button2: button('cc 73-80'),
    knob1: endless('cc 81-88'),
    knob2: endless('cc 89-96'),
    knob3: endless('cc 97-104'),
  },
  controls: { key1: button('cc 105'), key2: button('cc 106'), key3: button('cc 107'), key4: button('cc 108') },
})
