// A desk on loopback and tablets on a network of their own: who is let in, who is not, and what stays over a restart.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TypedArg } from '../../src/osc/encode.js'
import { type LiveDesk, startDesk } from '../fixtures/live-desk.js'

const script = fileURLToPath(new URL('../fixtures/remote-tablet.mjs', import.meta.url))
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const name = `dk${process.pid % 10_000}`
const network = `10.${200 + (process.pid % 50)}.${process.pid % 250}`
const [here, tablet, stranger] = [`${network}.1`, `${network}.2`, `${network}.3`]

const ip = (...words: string[]): void => void execFileSync('ip', words, { stdio: 'pipe' })

/** Two ends of a cable, one of them in a namespace with a tablet and a stranger. */
function makeNetwork(): boolean {
  try {
    ip('netns', 'add', name)
    ip('link', 'add', `${name}a`, 'type', 'veth', 'peer', 'name', `${name}b`)
    ip('link', 'set', `${name}b`, 'netns', name)
    ip('addr', 'add', `${here}/24`, 'dev', `${name}a`)
    ip('link', 'set', `${name}a`, 'up')
    for (const address of [tablet, stranger]) ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', `${name}b`)
    ip('-n', name, 'link', 'set', `${name}b`, 'up')
    return true
  } catch {
    removeNetwork()
    return false
  }
}

function removeNetwork(): void {
  for (const words of [
    ['link', 'del', `${name}a`],
    ['netns', 'del', name],
  ])
    try {
      ip(...words)
    } catch {}
}

const hasNetwork = makeNetwork()
// Made to see whether it can be; each run makes its own.
removeNetwork()

describe.runIf(hasNetwork)('a tablet on another network (made with ip netns, as root)', () => {
  let desk: LiveDesk
  let port: number
  const remotes: ChildProcess[] = []

  beforeAll(async () => {
    makeNetwork()
    desk = await startDesk({ args: ['--audio', 'virtual'] })
    port = desk.run().osc.port
  }, 30_000)

  afterAll(async () => {
    for (const remote of remotes) remote.kill('SIGKILL')
    await desk?.stop()
    removeNetwork()
  })

  async function remote(address: string) {
    const child = spawn('ip', ['netns', 'exec', name, process.execPath, script, address], { stdio: ['pipe', 'pipe', 'inherit'] })
    remotes.push(child)
    const heard: unknown[][] = []
    createInterface({ input: child.stdout! }).on('line', (line) => heard.push(JSON.parse(line)))
    const write = (value: unknown): void => void child.stdin!.write(`${JSON.stringify(value)}\n`)
    const say = (to: string, ...args: TypedArg[]): void => write({ host: here, port, address: to, args })
    await desk.until('the tablet starts', () => heard.some(([word]) => word === 'ready'))
    return { heard, say, open: (url: string) => write({ url }) }
  }

  const f = (value: number): TypedArg => ({ type: 'f', value })
  const json = (...words: string[]) =>
    JSON.parse(execFileSync(process.execPath, [main, ...words, '--state', desk.state, '--json'], { encoding: 'utf8' }))
  /** Long enough for a packet to be taken, were it taken. */
  const settled = async (say: () => void): Promise<void> => {
    for (let i = 0; i < 5; i++) {
      say()
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  it('is not heard before it is let in, then plays and hears, over a restart too, and no more when it is forgotten', {
    timeout: 90_000,
  }, async () => {
    const [ipad, other] = [await remote(tablet), await remote(stranger)]
    await settled(() => ipad.say('/strip/1/faderDb', f(-20)))
    expect(await desk.ask('strip.1.faderDb')).not.toBe(-20)

    // Open for pairing, nobody is let in by knocking alone.
    const cli = spawn(
      process.execPath,
      [main, 'tablet', '--state', desk.state, '--interface', here, '--name', 'ipad', '--minutes', '1'],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    )
    remotes.push(cli)
    let told = ''
    cli.stderr.on('data', (bytes: Buffer) => {
      told += bytes.toString()
    })
    await desk.until('it asks for --yes where nobody can answer', () => told.includes('--yes'))

    const yes = spawn(process.execPath, [main, 'tablet', '--state', desk.state, '--interface', here, '--name', 'ipad', '--yes'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    remotes.push(yes)
    let shown = ''
    yes.stderr.on('data', (bytes: Buffer) => {
      shown += bytes.toString()
    })
    await desk.until('the code is shown', () => /http:\/\/[^ ]+/.test(shown))
    const url = /http:\/\/[^ ]+/.exec(shown)![0]
    expect(shown).toContain('█')
    other.open(`${url}x`)
    await desk.until('a wrong token', () => other.heard.some(([word]) => word === 'page'))
    expect(other.heard.at(-1)?.slice(0, 2)).toEqual(['page', 404])
    ipad.open(url)
    await desk.until('it is let in', () => shown.includes(`${tablet} is let in as ipad`))
    ipad.open(`${url}/mix.tosc`)
    await desk.until('the layout', () => ipad.heard.filter(([word]) => word === 'page').length === 2)
    expect(ipad.heard.filter(([word, status]) => word === 'page' && status === 200)).toHaveLength(2)
    expect(Number(ipad.heard.filter(([word]) => word === 'page')[1]?.[2])).toBeGreaterThan(5000)

    ipad.say('/tablet/hello', { type: 's', value: 'mix' })
    await desk.until('it hears the whole desk', () => ipad.heard.some(([address]) => address === '/norm/master/faderDb'))
    ipad.say('/norm/strip/1/faderDb', f(0.5))
    await desk.until('it moves a fader', async () => (await desk.ask('strip.1.faderDb')) === -10)
    await desk.until('the command ends', () => yes.exitCode === 0)

    await settled(() => other.say('/strip/2/faderDb', f(-20)))
    expect(await desk.ask('strip.2.faderDb')).not.toBe(-20)
    expect(json('tablet', 'list')).toMatchObject([{ name: 'ipad', address: tablet, isPaired: true, wants: ['mix'] }])

    // What is wanted of it stays with the desk.
    await desk.until('the list is written', async () => {
      const { readFileSync } = await import('node:fs')
      return readFileSync(`${desk.state}/tablets.json`, 'utf8').includes('mix')
    })
    const before = desk.run().pids.control
    desk.kill('control')
    await desk.until(
      'a new control',
      async () => desk.run().pids.control !== before && (await desk.status()).engine.frames > 0,
      20_000,
    )
    ipad.heard.length = 0
    await desk.until('it hears the whole desk again, without a word', () =>
      ipad.heard.some(([address]) => address === '/norm/master/faderDb'),
    )
    await desk.set('strip.3.faderDb', -10)
    await desk.until('and what changes', () =>
      ipad.heard.some(([address, value]) => address === '/norm/strip/3/faderDb' && value === 0.5),
    )

    expect(json('tablet', 'forget', 'ipad')).toEqual({ forgotten: 'ipad' })
    await settled(() => ipad.say('/strip/1/faderDb', f(-20)))
    expect(await desk.ask('strip.1.faderDb')).toBe(-10)
  })
})
