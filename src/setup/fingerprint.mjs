// Hashes of what is built from, and the stamp that says what the last setup was made of.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files under a folder whose path passes the filter, sorted. Folders named `build` are left out. */
export function filesUnder(folder, accept) {
  const found = []
  const walk = (here) => {
    for (const entry of readdirSync(here, { withFileTypes: true })) {
      const path = join(here, entry.name)
      if (entry.isDirectory()) {
        if (entry.name !== 'build' && entry.name !== 'node_modules') walk(path)
      } else if (accept(path)) found.push(path)
    }
  }
  walk(folder)
  return found.sort()
}

export function fingerprint(files, ...facts) {
  const hash = createHash('sha256').update(JSON.stringify(facts))
  for (const file of files) hash.update(file).update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

export function readStamp(path) {
  try {
    const stamp = JSON.parse(readFileSync(path, 'utf8'))
    return stamp && typeof stamp === 'object' ? stamp : {}
  } catch {
    return {}
  }
}

export const writeStamp = (path, stamp) => writeFileSync(path, `${JSON.stringify(stamp, null, 2)}\n`)
