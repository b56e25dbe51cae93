// The last message under each address to one client, told again in turns: UDP loses, and nobody asks.
import { bundleMark } from './decode.js'

const limits = {
  /** Addresses kept. */
  addresses: 1024,
  /** Each is told again once in this time. */
  againMs: 20_000,
} as const

export class LastTold {
  private readonly messages = new Map<string, Uint8Array>()
  private turns: Iterator<Uint8Array> = this.messages.values()
  private owed = 0
  private lastMs: number | undefined

  tell(message: Uint8Array): void {
    const address = addressOf(message)
    if (this.messages.has(address) || this.messages.size < limits.addresses) this.messages.set(address, message)
  }

  /** The client's control stands elsewhere now: what it was told before is no longer so. */
  wasSaid(message: Uint8Array): void {
    if (this.messages.size === 0) return
    if (message[0] === bundleMark) this.messages.clear()
    else this.messages.delete(addressOf(message))
  }

  /** What is to be told again now. */
  *due(nowMs: number): Generator<Uint8Array> {
    const sinceMs = Math.min(1000, nowMs - (this.lastMs ?? nowMs))
    this.lastMs = nowMs
    this.owed += (this.messages.size * sinceMs) / limits.againMs
    for (; this.owed >= 1; this.owed--) {
      let turn = this.turns.next()
      if (turn.done) {
        this.turns = this.messages.values()
        turn = this.turns.next()
      }
      if (turn.done) return
      yield turn.value
    }
  }
}

/** Up to the first NUL. */
function addressOf(message: Uint8Array): string {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.length)
  const end = bytes.indexOf(0)
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end)
}
