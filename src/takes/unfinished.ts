// Which recordings are not finished yet, kept in the state folder, so that the next start takes up what a kill cut off.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Recordings by their file or folder. Small, rare, and written at once: a kill may come at any moment. */
export class Unfinished {
  private readonly file: string
  private targets: readonly string[]

  /** `name`: of the file, by what is unfinished. */
  constructor(stateFolder: string, name: 'recording' | 'converting') {
    this.file = join(stateFolder, `${name}.json`)
    this.targets = this.read()
  }

  list(): readonly string[] {
    return this.targets
  }

  add(target: string): void {
    this.write([...this.targets.filter((known) => known !== target), target])
  }

  remove(target: string): void {
    if (this.targets.includes(target)) this.write(this.targets.filter((known) => known !== target))
  }

  private read(): string[] {
    try {
      const found: unknown = JSON.parse(readFileSync(this.file, 'utf8'))
      return Array.isArray(found) ? found.filter((target) => typeof target === 'string') : []
    } catch {
      return []
    }
  }

  private write(targets: readonly string[]): void {
    this.targets = targets
    writeFileSync(`${this.file}.next`, `${JSON.stringify(targets, null, 2)}\n`)
    renameSync(`${this.file}.next`, this.file)
  }
}
