// MIDI bytes as a port needs them: where one message ends and the next begins.

/** Length of the message that starts with `status`; 0 for system exclusive, which ends with F7. */
export const messageLength = (status: number): number => {
  if (status < 0xf0) return (status & 0xe0) === 0xc0 ? 2 : 3
  return status === 0xf0 ? 0 : status === 0xf2 ? 3 : status === 0xf1 || status === 0xf3 ? 2 : 1
}

/** Whole messages of a run of them, each on its own; most are one, which is returned as it is, and so is what is no MIDI. */
export const splitMessages = (bytes: Uint8Array): readonly Uint8Array[] => {
  if (!isStatus(bytes[0]) || lengthAt(bytes, 0) >= bytes.length) return [bytes]
  const messages: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += lengthAt(bytes, at)) messages.push(bytes.subarray(at, at + lengthAt(bytes, at)))
  return messages
}

const isStatus = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x80

const lengthAt = (bytes: Uint8Array, at: number): number => {
  const length = messageLength(bytes[at]!)
  if (length > 0) return length
  const end = bytes.indexOf(0xf7, at)
  return end < 0 ? bytes.length - at : end + 1 - at
}
