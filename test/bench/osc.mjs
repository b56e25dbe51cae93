// OSC messages decoded, routed and put into the store, as fast as they go (by CPU time) and at a steady 50,000 a second.
import { encodeMessage } from '../../dist/osc/encode.js'
import { createOscServer } from '../../dist/osc/server.js'
import { buildRegistry, isParam } from '../../dist/params/registry.js'
import { defaultTexts, defaultValues, ParameterStore } from '../../dist/params/store.js'
import { row, spreadOf } from './table.mjs'

const from = { address: '127.0.0.1', port: 50001 }
const nothing = () => {}
const turn = () => new Promise(setImmediate)

/** A desk of 64 strips and 8 buses whose event ring is a counter. */
function countingDesk() {
  const registry = buildRegistry({
    stripStereo: Array(64).fill(false),
    busCount: 8,
    inputCount: 2,
    outputCount: 2,
    dcaCount: 2,
    fxCount: 2,
  })
  const counter = { events: 0 }
  const sink = { set: () => counter.events++, setText: nothing }
  const store = new ParameterStore(registry, defaultValues(registry), defaultTexts(registry), sink)
  const info = () => ({ name: 'deskd', version: '', oscAddress: '', audio: '' })
  const server = createOscServer({ store, run: nothing, meter: () => 0, info, status: () => ({}) })
  store.changes$.subscribe(server.changed)
  return { server, counter, registry }
}

/** Two rounds of sets of every fader, pan, send level and band gain; the second differs from the first. */
function messages(registry) {
  const wanted = /^strip\.\d+\.(faderDb|pan|send\.\d+\.levelDb|eq\.band\d\.gainDb)$/
  const params = [...registry.byId.values()].filter((entry) => isParam(entry) && wanted.test(entry.id))
  return [-3.5, -7.25].flatMap((value) => params.map(({ address }) => encodeMessage(address, [{ type: 'f', value }])))
}

async function drain(server) {
  while (server.pending() > 0) await turn()
}

/** Whole turns through all messages, so that every one changes something and reaches the ring. */
async function fullSpeed(desk, all, rounds) {
  const rates = []
  const count = all.length * 10
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage()
    for (let at = 0; at < count; at++) {
      desk.server.receive({ bytes: all[at % all.length], from })
      if (at % 1000 === 999) await drain(desk.server)
    }
    await drain(desk.server)
    const { user, system } = process.cpuUsage(before)
    rates.push(count / ((user + system) / 1e6))
  }
  return rates
}

/** Gives how many sets of `perSecond · seconds` never reached the ring. */
async function steady(desk, all, perSecond, seconds) {
  const before = desk.counter.events
  const began = performance.now()
  const total = perSecond * seconds
  for (let sent = 0; sent < total; await turn()) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * perSecond))
    for (; sent < due; sent++) desk.server.receive({ bytes: all[sent % all.length], from })
  }
  await drain(desk.server)
  return total - (desk.counter.events - before)
}

export async function oscRows({ quick }) {
  process.stderr.write('osc\n')
  const desk = countingDesk()
  const all = messages(desk.registry)
  await fullSpeed(desk, all, 3)
  const rates = await fullSpeed(desk, all, quick ? 5 : 20)
  const seconds = quick ? 1 : 5
  const lost = await steady(desk, all, 50000, seconds)
  desk.server.close()
  const median = rates.sort((a, b) => a - b)[rates.length >> 1]
  return [
    row('OSC decoded and routed', median, 'a second', {
      bound: 100000,
      atLeast: true,
      ...spreadOf(rates),
      detail: 'sets, into the store',
    }),
    row('OSC lost at 50,000 a second', lost, 'messages', {
      bound: 0.5,
      detail: `${desk.server.counts.dropped} dropped; ${seconds} s`,
    }),
  ]
}
