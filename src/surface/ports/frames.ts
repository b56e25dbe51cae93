// Frames over a pipe: length (4 bytes), kind (1), link (2), payload; numbers are little-endian.

/** From the control process to the MIDI process. */
export const toMidi = { ping: 1, open: 2, send: 3, close: 4 } as const
/** And back. `ports` and `status` belong to no link. */
export const fromMidi = { pong: 1, ports: 2, status: 3, opened: 4, failed: 5, message: 6, gone: 7 } as const

export interface Frame {
  readonly kind: number
  readonly link: number
  readonly payload: Uint8Array
}

const headBytes = 7
/** A list of a few hundred ports is far below. */
const longestFrameBytes = 1 << 20

const nothing = new Uint8Array(0)

export function frame(kind: number, link = 0, payload: Uint8Array = nothing): Buffer {
  const bytes = Buffer.allocUnsafe(headBytes + payload.length)
  bytes.writeUInt32LE(payload.length, 0)
  bytes.writeUInt8(kind, 4)
  bytes.writeUInt16LE(link, 5)
  bytes.set(payload, headBytes)
  return bytes
}

export const jsonFrame = (kind: number, link: number, value: unknown): Buffer =>
  frame(kind, link, Buffer.from(JSON.stringify(value)))

export const jsonOf = <T>({ payload }: Frame): T => JSON.parse(Buffer.from(payload).toString()) as T

/** Puts chunks of a pipe together to frames. Throws on a length that no sender writes. */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): Frame[] {
    let bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
    const frames: Frame[] = []
    while (bytes.length >= headBytes) {
      const length = bytes.readUInt32LE(0)
      if (length > longestFrameBytes) throw new Error(`a frame of ${length} bytes`)
      if (bytes.length < headBytes + length) break
      frames.push({ kind: bytes[4]!, link: bytes.readUInt16LE(5), payload: bytes.subarray(headBytes, headBytes + length) })
      bytes = bytes.subarray(headBytes + length)
    }
    this.rest = bytes
    return frames
  }
}
