// Which USB socket an ALSA sequencer client's device is plugged into: from the sound card's entry in /sys.
import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import type { Plug } from './port-list.js'

/** Kernel clients stand in fours behind the global ones, a card each; from 128 on they are programs. */
const firstCardClient = 16
const clientsACard = 4
const firstProgramClient = 128

/** The sound card of a client; undefined for programs. */
const cardOf = (client: number): number | undefined =>
  client < firstCardClient || client >= firstProgramClient ? undefined : Math.floor((client - firstCardClient) / clientsACard)

/** The client's card is gone. */
export function isPulled(client: number, sys = '/sys'): boolean {
  const card = cardOf(client)
  return card !== undefined && existsSync(`${sys}/class/sound`) && !existsSync(`${sys}/class/sound/card${card}`)
}

/** undefined for programs, and for cards that are not on USB. */
export function usbPlug(client: number, sys = '/sys'): Plug | undefined {
  const card = cardOf(client)
  if (card === undefined) return undefined
  try {
    const device = readlinkSync(`${sys}/class/sound/card${card}/device`)
    const interfaceName = device.split('/').at(-1) ?? ''
    // As in "…/0000:00:14.0/usb1/1-4/1-4.2/1-4.2:1.0": controller, then the way through the hubs.
    const path = readlinkSync(`${sys}/bus/usb/devices/${interfaceName}`)
    const [, controller, ports] = /([^/]+)\/usb\d+\/.*?\d+-([\d.]+):[\d.]+$/.exec(path) ?? []
    if (controller === undefined || ports === undefined) return undefined
    const usbDevice = interfaceName.split(':')[0]
    return {
      place: `usb-${controller}-${ports}`,
      turn: readFileSync(`${sys}/bus/usb/devices/${usbDevice}/devnum`, 'utf8').trim(),
    }
  } catch {
    return undefined
  }
}
