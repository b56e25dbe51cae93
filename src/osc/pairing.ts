// Who knocks while the desk is open for pairing. Nobody is let in here: that takes a word from this machine.
import type { Peer } from './peer.js'

export const pairingLimits = {
  /** Addresses that are kept. */
  knocks: 8,
  /** Looked at in a second, from all together. */
  packetsASecond: 50,
  /** Without renewal it is over. */
  longestMs: 60_000,
} as const

export interface Knock {
  readonly address: string
  /** Ports that it sent from, the last one last. */
  readonly port: number
}

export class Pairing {
  /** This machine's address that is open. */
  private address: string | undefined
  private untilMs = 0
  private readonly knocks = new Map<string, Knock>()
  private second = 0
  private packets = 0

  /** Opens, or goes on with, pairing on one of this machine's addresses. */
  open(address: string, forMs: number, nowMs: number): void {
    if (address !== this.address || nowMs > this.untilMs) this.knocks.clear()
    this.address = address
    this.untilMs = nowMs + Math.min(forMs, pairingLimits.longestMs)
  }

  close(): void {
    this.address = undefined
    this.knocks.clear()
  }

  /** The address that is open now. */
  openOn(nowMs: number): string | undefined {
    return nowMs <= this.untilMs ? this.address : undefined
  }

  /** Notes a packet of somebody who is not let in. */
  knock(from: Peer, bytes: Uint8Array, nowMs: number): void {
    if (this.openOn(nowMs) === undefined || !looksLikeOsc(bytes)) return
    const second = Math.floor(nowMs / 1000)
    this.packets = second === this.second ? this.packets + 1 : 1
    this.second = second
    if (this.packets > pairingLimits.packetsASecond) return
    if (this.knocks.has(from.address) || this.knocks.size < pairingLimits.knocks) this.knocks.set(from.address, from)
  }

  /** Who is let in knocks no more. */
  answered(address: string): void {
    this.knocks.delete(address)
  }

  heard(nowMs: number): readonly Knock[] {
    return this.openOn(nowMs) === undefined ? [] : [...this.knocks.values()].map(({ address, port }) => ({ address, port }))
  }
}

/** Its first bytes: nothing of a stranger's packet is read beyond them. */
const looksLikeOsc = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && bytes.length % 4 === 0 && (bytes[0] === 0x2f || bytes[0] === 0x23)
