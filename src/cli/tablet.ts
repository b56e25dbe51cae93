// `deskd tablet`: opens the desk to the local network, lets a tablet in, and remembers it.
import { randomBytes } from 'node:crypto'
import { networkInterfaces } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { renderUnicodeCompact } from 'uqr'
import { DeskError } from '../errors.js'
import { layoutApps, layoutJobs } from '../layouts/layout.js'
import { defaultLayoutOptions, extensions, makeLayout } from '../layouts/make-layout.js'
import type { OscClient } from '../osc/client.js'
import { type LocalAddress, lanAddresses } from '../osc/network.js'
import { withDesk } from './get.js'
import { deskOrPlain } from './layout.js'
import { printJson, printLines, tableLines } from './print.js'
import { oscAddress, type ReachOptions } from './running-desk.js'
import { openTabletPage } from './tablet-page.js'

export interface PairOptions extends ReachOptions {
  readonly name?: string
  readonly minutes: number
  readonly interface?: string
  readonly replyPort?: number
  readonly yes?: boolean
  readonly json?: boolean
}

interface TabletStatus {
  readonly tablets: readonly {
    readonly name: string
    readonly address: string
    readonly heardPort?: number
    readonly replyPort?: number
    readonly isPaired?: boolean
    readonly isSurface?: boolean
    readonly wants?: readonly string[]
  }[]
  readonly doors: readonly { readonly address: string; readonly error: string }[]
  readonly pairing: {
    readonly address: string | null
    readonly knocks: readonly { readonly address: string; readonly port: number }[]
  }
}

const lookEveryMs = 500
/** The desk closes by itself when this command dies. */
const leaseSeconds = 10

export const pair = (options: PairOptions): Promise<void> => withDesk(atLoopback(options), (client) => pairing(client, options))

/** What stands open to all networks is here too. */
function atLoopback(options: ReachOptions): ReachOptions {
  const { host, port } = oscAddress(options)
  return host === '0.0.0.0' ? { ...options, osc: { host: '127.0.0.1', port } } : options
}

async function pairing(client: OscClient, options: PairOptions): Promise<void> {
  if (!options.yes && !process.stdin.isTTY)
    throw new DeskError('usage', 'nobody can be asked here whether a tablet may come in: say --yes to let the first one in')
  const local = chooseAddress(lanAddresses(networkInterfaces()), options.interface)
  const { port } = oscAddress(options)
  const visits = new Set<string>()
  let lines: readonly string[] = []
  const desk = deskOrPlain(options)
  const page = await openTabletPage({
    address: local.address,
    port,
    token: randomBytes(5).toString('hex'),
    files: layoutApps.flatMap((app) =>
      layoutJobs.map((job) => ({
        name: `${job}${extensions[app]}`,
        label: `${job} for ${app === 'touchosc' ? 'TouchOSC' : 'Open Stage Control'}`,
        make: () => makeLayout(app, desk, { ...defaultLayoutOptions, job }),
      })),
    ),
    lines: () => lines,
    onVisit: (address) => visits.add(address),
  })
  const how = [
    `Connect over OSC (UDP) to host ${local.address}, send port ${port}.`,
    `TouchOSC: receive port ${defaultLayoutOptions.replyPort}. Open Stage Control: --send ${local.address}:${port}`,
  ]
  lines = ['Waiting to be let in on the desk.', ...how]
  try {
    say(
      '',
      qr(page.url),
      '',
      `Open ${page.url} on the tablet (its camera reads the code): there are layouts of this desk, and how to connect.`,
      ...how,
      `Open for ${options.minutes} min on ${local.interface}; Ctrl-C ends it.`,
    )
    const deadlineMs = Date.now() + options.minutes * 60_000
    const asked = new Set<string>()
    while (Date.now() < deadlineMs) {
      const status = await renew(client, local)
      for (const address of [...visits, ...status.pairing.knocks.map((knock) => knock.address)]) {
        const known = status.tablets.find((tablet) => tablet.address === address)
        if (asked.has(address) || known) continue
        asked.add(address)
        const name = await answer(address, status, options)
        if (name === undefined) continue
        await client.act('/tablet/admit', [name, address, ...(options.replyPort === undefined ? [] : [options.replyPort])])
        lines = [`Let in as ${name}.`, ...how]
        say(`${address} is let in as ${name}.`)
        await firstPacket(client, local, name, deadlineMs)
        if (options.json) printJson({ name, address })
        return
      }
      await sleep(lookEveryMs)
    }
    throw new DeskError('notRunning', `no tablet came within ${options.minutes} min`)
  } finally {
    await client.act('/tablet/pair').catch(() => {})
    await page.close()
  }
}

async function renew(client: OscClient, { address }: LocalAddress): Promise<TabletStatus> {
  await client.act('/tablet/pair', [address, leaseSeconds])
  const status = await statusOf(client)
  const closed = status.doors.find((door) => door.address === address && door.error !== '')
  if (closed) throw new DeskError('portInUse', `the desk cannot listen on ${address}: ${closed.error}`)
  return status
}

const statusOf = async (client: OscClient): Promise<TabletStatus> =>
  JSON.parse(String((await client.ask(['/tablet/status'])).get('/tablet/status'))) as TabletStatus

/** The name under which a tablet is let in; undefined when it is not. */
async function answer(address: string, { tablets }: TabletStatus, { name, yes }: PairOptions): Promise<string | undefined> {
  const suggested = name ?? freeName(tablets.map((tablet) => tablet.name))
  if (yes) return suggested
  const ask = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const said = (await ask.question(`${address} wants to come in. Let it? [y/N] `)).trim()
    if (!/^y(es)?$/i.test(said)) return undefined
    return name ?? ((await ask.question(`Its name [${suggested}]: `)).trim() || suggested)
  } finally {
    ask.close()
  }
}

function freeName(taken: readonly string[]): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? 'tablet' : `tablet-${n}`
    if (!taken.includes(name)) return name
  }
}

/** The page stays until the tablet is heard, so that its layout can be fetched. */
async function firstPacket(client: OscClient, local: LocalAddress, name: string, deadlineMs: number): Promise<void> {
  say('Waiting for its first OSC packet; Ctrl-C if it connects later.')
  while (Date.now() < deadlineMs) {
    const { tablets } = await renew(client, local)
    const port = tablets.find((tablet) => tablet.name === name)?.heardPort
    if (port !== undefined) return say(`It speaks, from port ${port}.`)
    await sleep(lookEveryMs)
  }
  say('It has not been heard yet; it may connect whenever it likes.')
}

function chooseAddress(all: readonly LocalAddress[], wanted: string | undefined): LocalAddress {
  const found = wanted === undefined ? all[0] : all.find((local) => local.interface === wanted || local.address === wanted)
  if (found) return found
  const list = all.map((local) => `${local.interface} (${local.address})`).join(', ')
  throw new DeskError(
    'usage',
    wanted === undefined
      ? 'this machine is in no network that a tablet could reach'
      : `--interface: expected ${list || 'a network of this machine, which is in none'}, found "${wanted}"`,
  )
}

/** Black on white whatever the terminal's colours are. */
function qr(text: string): string {
  const code = renderUnicodeCompact(text, { border: 2 })
  if (!process.stderr.isTTY) return code
  return code.replaceAll(/^.*$/gm, (line) => `\u001b[40;97m${line}\u001b[0m`)
}

/** For people; results alone are on stdout. */
const say = (...lines: readonly string[]): void => {
  process.stderr.write(`${lines.join('\n')}\n`)
}

export async function list(options: ReachOptions & { readonly json?: boolean }): Promise<void> {
  const { tablets, doors } = await withDesk(atLoopback(options), statusOf)
  if (options.json) return printJson(tablets)
  if (tablets.length === 0) return printLines(['No tablet has been paired, and the configuration names none.'])
  printLines(
    tableLines([
      ['name', 'address', 'port', 'listens', 'shows', ''],
      ...tablets.map((tablet) => [
        tablet.name,
        tablet.address,
        String(tablet.heardPort ?? 'not heard yet'),
        String(tablet.replyPort ?? 'there'),
        [...(tablet.isSurface ? ['surface'] : []), ...(tablet.wants ?? [])].join(', ') || 'nothing yet',
        tablet.isPaired ? '' : 'from the configuration',
      ]),
    ]),
  )
  printLines(doors.filter(({ error }) => error !== '').map(({ address, error }) => `${address} is closed: ${error}`))
}

export async function forget(name: string, options: ReachOptions & { readonly json?: boolean }): Promise<void> {
  await withDesk(atLoopback(options), (client) => client.act('/tablet/forget', [name]))
  if (options.json) printJson({ forgotten: name })
  else printLines([`${name} is forgotten.`])
}
