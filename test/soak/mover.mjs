// Every parameter of a desk on the move: rounds of new values for all of them, in random order, at a steady rate, over OSC.
import { encodeBundle, encodeMessage } from '../../dist/osc/encode.js'

const stripsAShot = 8
const bundleBytes = 1200
const tickMs = 10
/** What must stand still for the desk to play on. */
const standing = /^transport\./

/** One message each: an address that moves a parameter, or the same one of eight strips, with how many it moves. */
export function shotsOf(registry) {
  const strips = registry.topology.stripStereo.length
  const groups = Math.ceil(strips / stripsAShot)
  return registry.params.flatMap(({ id, address, spec }) => {
    if (standing.test(id)) return []
    const isSwitch = /\.on$/.test(id)
    const shot = { isSwitch, isBool: spec.kind === 'bool' }
    const ofStrip = /^\/strip\/(\d+)(\/.*)$/.exec(address)
    if (!ofStrip) return [{ ...shot, address: `/norm${address}`, count: 1 }]
    const first = Number(ofStrip[1])
    if (first > groups) return []
    const group = Array.from({ length: stripsAShot }, (_, i) => first + i * groups).filter((strip) => strip <= strips)
    return [{ ...shot, address: `/norm/strip/{${group.join(',')}}${ofStrip[2]}`, count: group.length }]
  })
}

/** Processors are mostly on and little is muted: so all of it has something to do. */
function normFor({ isSwitch, isBool }, random) {
  if (isSwitch) return random() < 0.9 ? 1 : 0
  return isBool ? Number(random() < 0.2) : random()
}

/** Moves until `untilMs` (performance.now). Gives how many changes were asked for. */
export async function moveEverything({ shots, random, changesPerSecond, send, untilMs, paceMs = tickMs }) {
  let asked = 0
  let at = shots.length
  const order = shots.map((_, i) => i)
  const next = () => {
    if (at >= order.length) {
      for (let i = order.length - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1))
        ;[order[i], order[j]] = [order[j], order[i]]
      }
      at = 0
    }
    return shots[order[at++]]
  }
  const startedMs = performance.now()
  while (performance.now() < untilMs) {
    // A sender that was kept from its turn goes on from now: no flood afterwards.
    const due = Math.min(((performance.now() - startedMs) * changesPerSecond) / 1000 - asked, changesPerSecond / 10)
    let messages = []
    let bytes = 0
    for (let done = 0; done < due; ) {
      const shot = next()
      const message = encodeMessage(shot.address, [{ type: 'f', value: normFor(shot, random) }])
      messages.push(message)
      bytes += message.length + 4
      done += shot.count
      asked += shot.count
      if (bytes < bundleBytes) continue
      send(encodeBundle(messages))
      messages = []
      bytes = 0
    }
    if (messages.length > 0) send(encodeBundle(messages))
    await new Promise((resolve) => setTimeout(resolve, paceMs))
  }
  return asked
}
