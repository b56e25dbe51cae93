// SHA-256 of files, read in small pieces, remembered as long as size and time stay.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

const known = new Map<string, string>()

/** The SHA-256 of a file in hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path)
  const key = `${path}:${size}:${mtimeMs}`
  const before = known.get(key)
  if (before !== undefined) return before
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer)
  const sum = hash.digest('hex')
  known.set(key, sum)
  return sum
}
