// Makes a folder with those above it. Node's own recursive mkdir never returns where nothing can be made, as in /proc.
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Throws the system's error when the folder cannot be made, or when a file has its name. */
export function makeFolder(path: string): void {
  if (isFolder(path)) return
  const above = dirname(path)
  if (above !== path) makeFolder(above)
  mkdirSync(path)
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
