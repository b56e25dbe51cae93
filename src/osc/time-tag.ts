// OSC time tags: 64-bit NTP, seconds since 1900 in the upper half, fractions of 2^-32 s in the lower.

const secondsFrom1900To1970 = 2208988800n

/** Milliseconds since 1970 as an NTP time. */
export function ntpOfUnixMs(unixMs: number): bigint {
  const seconds = Math.floor(unixMs / 1000)
  const fraction = Math.floor((unixMs / 1000 - seconds) * 2 ** 32)
  return BigInt.asUintN(64, ((BigInt(seconds) + secondsFrom1900To1970) << 32n) + BigInt(fraction))
}

/**
 * Milliseconds from now until a time tag, 0 when it is past. 1 means "at once", and so does 0, which sloppy senders write.
 * The difference is taken in 64 signed bits, so the rollover of NTP in 2036 goes by unnoticed.
 */
export function msUntil(timetag: bigint, nowUnixMs: number): number {
  if (timetag <= 1n) return 0
  const difference = BigInt.asIntN(64, timetag - ntpOfUnixMs(nowUnixMs))
  return Math.max(0, Number(difference) / 2 ** 32) * 1000
}
