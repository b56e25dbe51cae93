// Whole messages out of a stream of MIDI bytes: running status, realtime bytes in between, SysEx with a cap.

/** Longer SysEx is skipped: no surface says so much, and nobody may fill the memory. */
export const longestSysexBytes = 4096

/** Data bytes behind a status byte; undefined for SysEx and what is not defined. */
function dataBytes(status: number): number | undefined {
  if (status < 0xf0) return status >> 4 === 0xc || status >> 4 === 0xd ? 1 : 2
  return { 241: 1, 242: 2, 243: 1, 246: 0 }[status]
}

export class MidiStream {
  /** SysEx that was too long. */
  skipped = 0
  private status = 0
  private data: number[] = []
  private sysex: number[] | undefined
  private isTooLong = false

  /** The messages that these bytes complete, in order. */
  push(bytes: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = []
    for (const byte of bytes) {
      if (byte >= 0xf8) messages.push(Uint8Array.of(byte))
      else if (byte >= 0x80) this.begin(byte, messages)
      else this.add(byte, messages)
    }
    return messages
  }

  private begin(status: number, messages: Uint8Array[]): void {
    if (this.sysex !== undefined && status === 0xf7) {
      if (this.isTooLong) this.skipped++
      else messages.push(Uint8Array.from([...this.sysex, 0xf7]))
    }
    this.sysex = status === 0xf0 ? [0xf0] : undefined
    this.isTooLong = false
    this.data = []
    const length = dataBytes(status)
    this.status = length === undefined ? 0 : status
    if (length === 0) this.end(messages)
  }

  private add(byte: number, messages: Uint8Array[]): void {
    if (this.sysex !== undefined) {
      if (this.sysex.length < longestSysexBytes - 1) this.sysex.push(byte)
      else this.isTooLong = true
      return
    }
    if (this.status === 0) return
    this.data.push(byte)
    if (this.data.length === dataBytes(this.status)) this.end(messages)
  }

  private end(messages: Uint8Array[]): void {
    messages.push(Uint8Array.from([this.status, ...this.data]))
    this.data = []
    // Only channel messages have running status.
    if (this.status >= 0xf0) this.status = 0
  }
}
