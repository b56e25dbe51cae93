// Packets as a stranger sends them: messages and bundles with any argument, patterns, mutated bytes, noise. The same for the same seed.
import { encodeBundle, encodeMessage } from '../../dist/osc/encode.js'

/** Mulberry32: 0 … 1. */
export function randomOf(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const patterns = [
  '/*/*/*',
  '/strip/*/*',
  '/{*}+!',
  '/*a*a*a*a*b',
  '/strip/[!1-3]/{mute,pan}',
  '/norm/*/*/faderDb',
  '/strip/[',
  '/*/*/*/*/*/*',
]
const values = [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1e38, -1e38, 0, 1, -0.5, 3]
const tags = [0n, 1n, 2n ** 63n, 2n ** 64n - 1n]

/**
 * `addresses`: those of parameters and meters; `commands`: what else may be asked for; `patternShare`: of addresses that are
 * patterns, each the work of a thousand others on a large desk. Gives a function for the next packet.
 */
export function fuzzPackets(random, addresses, commands, patternShare = 0.25) {
  const whole = (below) => Math.floor(random() * below)
  const pick = (items) => items[whole(items.length)]
  const anAddress = () => {
    if (random() < patternShare) return pick(patterns)
    return pick([() => pick(addresses), () => `/norm${pick(addresses)}`, () => pick(commands)])()
  }
  const anArg = () =>
    pick([
      () => ({ type: 'f', value: pick(values) }),
      () => ({ type: 'd', value: pick(values) }),
      () => ({ type: 'i', value: whole(2 ** 31) }),
      () => ({ type: 's', value: pick(['', 'on', '-inf', 'ü\u0007\ud800', ...patterns]) }),
      () => ({ type: 'T', value: true }),
    ])()
  const aMessage = () => encodeMessage(anAddress(), Array.from({ length: whole(3) }, anArg))
  const aBundle = () =>
    encodeBundle(
      Array.from({ length: whole(6) }, () => (random() < 0.2 ? aBundle() : aMessage())),
      pick(tags),
    )
  const mutated = (bytes) => {
    const copy = Uint8Array.from(bytes)
    for (let i = whole(4); i >= 0 && copy.length > 0; i--) copy[whole(copy.length)] = whole(256)
    return random() < 0.2 ? copy.subarray(0, whole(copy.length / 4 + 1) * 4) : copy
  }
  const noise = () => Uint8Array.from({ length: whole(40) * 4 }, () => whole(256))
  return () => pick([aMessage, aBundle, () => mutated(aMessage()), () => mutated(aBundle()), noise])()
}
