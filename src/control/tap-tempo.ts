// A tempo from taps.

const forgottenMs = 2000
const mostTaps = 8
const bpm = { min: 20, max: 300 } as const

export class TapTempo {
  private taps: number[] = []

  /** The tempo in BPM, by the mean of the last beats; undefined on a first tap, and on one that comes 2 s after the last. */
  tap(nowMs: number): number | undefined {
    const last = this.taps.at(-1)
    if (last === undefined || nowMs - last > forgottenMs) this.taps = []
    this.taps = [...this.taps, nowMs].slice(-mostTaps)
    const [first = nowMs] = this.taps
    if (this.taps.length < 2 || nowMs === first) return undefined
    return Math.min(bpm.max, Math.max(bpm.min, (60_000 * (this.taps.length - 1)) / (nowMs - first)))
  }
}
