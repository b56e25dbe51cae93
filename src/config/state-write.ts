// Writes the state file so that a kill or a power cut at any moment leaves a whole one: this generation or the one before.
import { copyFile, link, open, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'

export const stateFileName = 'state.yaml'
export const previousStateFileName = 'state.yaml.1'

/** YAML's end of a document. A file without it was cut off. */
export const endMarker = '...\n'

export const writeState = (folder: string, text: string): Promise<void> => writeGeneration(folder, stateFileName, text)

/** Writes a file into a folder that is there, and keeps the one before as `NAME.1`: temporary file, fsync, rename, fsync of the folder. */
export async function writeGeneration(folder: string, name: string, text: string): Promise<void> {
  const current = join(folder, name)
  const next = `${current}.next`
  try {
    const file = await open(next, 'w', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (cause) {
    // A full disk is not filled further by what is of no use.
    await unlink(next).catch(() => {})
    throw cause
  }
  await keepPrevious(current, `${current}.1`)
  await rename(next, current)
  await syncFolder(folder)
}

/** Makes renames and removals in a folder last. */
export async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** A second name for the file, so that there is no moment without a current one. */
async function keepPrevious(current: string, previous: string): Promise<void> {
  const spare = `${previous}.next`
  await ignoring('ENOENT', unlink(spare))
  try {
    await link(current, spare)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    await copyFile(current, spare) // a file system without hard links
  }
  await rename(spare, previous)
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

async function ignoring(code: string, work: Promise<void>): Promise<void> {
  await work.catch((error) => {
    if (codeOf(error) !== code) throw error
  })
}
