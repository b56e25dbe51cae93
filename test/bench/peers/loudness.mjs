// What a 24-bit stereo WAV holds: its length, and its loudness (BS.1770, not gated) as a whole and of every second.
import { readFileSync } from 'node:fs'

const sampleRateHz = 48000

/** b0 b1 b2 a1 a2 of BS.1770-5 at 48 kHz. */
const weighting = [
  [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585],
  [1, -2, 1, -1.99004745483398, 0.99007225036621],
]

function biquad([b0, b1, b2, a1, a2]) {
  let [s1, s2] = [0, 0]
  return (x) => {
    const y = b0 * x + s1
    s1 = b1 * x - a1 * y + s2
    s2 = b2 * x - a2 * y
    return y
  }
}

/** The bytes of its samples. Some writers put other chunks around them or end before the sizes of the header are true. */
function samplesOf(path) {
  const bytes = readFileSync(path)
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32LE(at + 4)
    if (bytes.toString('latin1', at, at + 4) === 'data') return bytes.subarray(at + 8, at + 8 + size)
    at += 8 + size + (size & 1)
  }
  throw new Error(`${path}: no data chunk`)
}

const lufs = (meanSquare) => -0.691 + 10 * Math.log10(meanSquare)

export function loudnessOf(path) {
  const data = samplesOf(path)
  const frames = Math.floor(data.length / 6)
  const [left, right] = [0, 1].map(() => weighting.map(biquad))
  const seconds = new Float64Array(Math.floor(frames / sampleRateHz))
  for (let second = 0; second < seconds.length; second++) {
    let energy = 0
    const end = (second + 1) * sampleRateHz
    for (let at = second * sampleRateHz * 6; at < end * 6; at += 6) {
      const l = left[1](left[0](data.readIntLE(at, 3) / 8388608))
      const r = right[1](right[0](data.readIntLE(at + 3, 3) / 8388608))
      energy += l * l + r * r
    }
    seconds[second] = energy / sampleRateHz
  }
  return { frames, lufs: lufs(seconds.reduce((sum, x) => sum + x, 0) / seconds.length), secondsLufs: [...seconds].map(lufs) }
}
