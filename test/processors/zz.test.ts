import { it } from 'vitest'
import { renderDesk } from '../fixtures/offline-desk.js'
import { sine, impulse } from '../fixtures/signals.js'
import { spillDb, responseDb,sameBits } from '../fixtures/measurements.js'
it('x', async () => {
  for (let i = 0; i < 5; i++) {
    const t = performance.now()
    const r = await renderDesk({ strips: [[impulse(16384)]], set: { 'strip.1.eq.on': true, 'strip.1.eq.band1.gainDb': 12, 'strip.1.eq.band1.q': 1 } })
    console.log(performance.now() - t, responseDb(r.left, 1000) + 3.0103)
  }
  for (const [a, b] of [[0, 1], [1, 0], [-20, 0], [0,-20],[6,0], [-6,3],[-20, 3],[3,-3]] as const) {
    const x = sine(65536, 997, -20)
    const r = await renderDesk({ strips: [[x, x]], set: { 'strip.1.faderDb': a }, moves: [{ frame: 32768, set: { 'strip.1.faderDb': b } }] })
    const e = await renderDesk({ strips: [[x, x]], set: { 'strip.1.faderDb': b } })
    console.log(a, b, spillDb(r.left), sameBits(r.left.slice(50000), e.left.slice(50000)))
  }
})
