// What is kept of tablets over a restart, in the state folder: who is paired, where each listens and what it shows.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { log } from '../log.js'
import type { Tablet } from '../osc/known-tablets.js'

const mostTablets = 64
const writeAfterMs = 1000

export class TabletsFile {
  private readonly file: string
  private next: NodeJS.Timeout | undefined
  private wanted: readonly Tablet[] | undefined

  constructor(stateFolder: string) {
    this.file = join(stateFolder, 'tablets.json')
  }

  /** Paired tablets, and what is known of those that the configuration names. */
  read(configured: readonly Tablet[] = []): Tablet[] {
    const kept = this.kept()
    const named = configured.map((tablet) => {
      const before = kept.find(({ name, address, isPaired }) => name === tablet.name && address === tablet.address && !isPaired)
      return { ...before, ...tablet }
    })
    const taken = new Set(named.flatMap(({ name, address }) => [name, address]))
    return [...named, ...kept.filter(({ name, address, isPaired }) => isPaired && !taken.has(name) && !taken.has(address))]
  }

  /** Writes soon: a tablet that changes its port with every packet costs a write a second. */
  keep(tablets: readonly Tablet[]): void {
    this.wanted = tablets
    this.next ??= setTimeout(() => this.write(), writeAfterMs).unref()
  }

  write(): void {
    clearTimeout(this.next)
    this.next = undefined
    if (!this.wanted) return
    const text = `${JSON.stringify(this.wanted, null, 2)}\n`
    this.wanted = undefined
    try {
      writeFileSync(`${this.file}.next`, text, { mode: 0o600 })
      renameSync(`${this.file}.next`, this.file)
    } catch (error) {
      log.error({ err: error }, 'the list of tablets cannot be written')
    }
  }

  private kept(): Tablet[] {
    try {
      const found: unknown = JSON.parse(readFileSync(this.file, 'utf8'))
      return Array.isArray(found) ? found.flatMap((one) => tabletOf(one) ?? []).slice(0, mostTablets) : []
    } catch {
      return []
    }
  }
}

/** What a file says of a tablet, as far as it makes sense. */
function tabletOf(found: Partial<Record<keyof Tablet, unknown>> | null): Tablet | undefined {
  const { name, address, wants } = found ?? {}
  if (typeof name !== 'string' || name === '' || typeof address !== 'string' || !isIP(address)) return undefined
  const port = (key: 'fromPort' | 'replyPort' | 'heardPort') => {
    const value = found?.[key]
    return Number.isInteger(value) && (value as number) > 0 && (value as number) < 65536 ? { [key]: value as number } : {}
  }
  return {
    name,
    address,
    ...port('fromPort'),
    ...port('replyPort'),
    ...port('heardPort'),
    ...(found?.isSurface === true ? { isSurface: true } : {}),
    ...(Array.isArray(wants) ? { wants: wants.filter((want) => typeof want === 'string') } : {}),
    ...(found?.isPaired === true ? { isPaired: true } : {}),
  }
}
