// Letting tablets in: from this machine alone, with caps on everything a stranger can do; and which networks they are on.
import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { decode } from '../../src/osc/decode.js'
import { encodeMessage, type TypedArg } from '../../src/osc/encode.js'
import { KnownTablets } from '../../src/osc/known-tablets.js'
import { lanAddresses, localFor } from '../../src/osc/network.js'
import { Pairing, pairingLimits } from '../../src/osc/pairing.js'
import type { Peer } from '../../src/osc/peer.js'
import { createOscServer } from '../../src/osc/server.js'
import { mostPaired } from '../../src/osc/tablet-commands.js'
import { messageOf, number, string, testDesk } from './desk.js'

const here: Peer = { address: '127.0.0.1', port: 5000 }
const there: Peer = { address: '192.168.1.20', port: 5000 }
const packet = encodeMessage('/x', [])

const isLocal = (address: string): boolean => address === here.address

function desk() {
  const known = new KnownTablets([{ name: 'stage', address: '192.168.1.9' }])
  const pairing = new Pairing()
  const server = createOscServer(testDesk().desk, { known, entrance: { pairing, state: [], isLocal, check: async () => {} } })
  const heard: string[] = []
  server.outgoing$.subscribe(({ bytes }) => {
    const { address, args } = messageOf(bytes)
    heard.push(`${address} ${args}`)
  })
  const say = async (from: Peer, address: string, ...args: TypedArg[]): Promise<string[]> => {
    heard.length = 0
    server.receive({ bytes: encodeMessage(address, args), from })
    for (let i = 0; i < 4; i++) await new Promise(setImmediate)
    return [...heard]
  }
  return {
    known,
    pairing,
    say,
    status: async () => JSON.parse((await say(here, '/tablet/status'))[0]!.replace('/tablet/status ', '')),
  }
}

describe('letting tablets in', () => {
  it('admits, lists and forgets from this machine, from no other', async () => {
    const { say, known, status } = desk()
    for (const [address, ...args] of [
      ['/tablet/admit', string('ipad'), string('192.168.1.20')],
      ['/tablet/forget', string('stage')],
      ['/tablet/status'],
      ['/tablet/pair', string('192.168.1.5'), number(10)],
    ] as [string, ...TypedArg[]][])
      expect(await say(there, address, ...args)).toEqual([`/error ${address}: is for this machine alone`])
    expect(await say(here, '/tablet/admit', string('ipad'), string('192.168.1.20'))).toEqual([])
    expect(known.of({ address: '192.168.1.20', port: 1 })).toBe('ipad')
    expect((await status()).tablets).toEqual([
      { name: 'stage', address: '192.168.1.9', isTold: false },
      { name: 'ipad', address: '192.168.1.20', isPaired: true, isTold: false },
    ])
    expect(await say(here, '/tablet/forget', string('ipad'))).toEqual([])
    expect(known.of({ address: '192.168.1.20', port: 1 })).toBeUndefined()
  })

  it('says what is wrong with a name, an address, a port, and keeps what the configuration names', async () => {
    const { say } = desk()
    const admit = (...args: TypedArg[]) => say(here, '/tablet/admit', ...args)
    expect(await admit(string('../x'), string('192.168.1.20'))).toEqual([expect.stringMatching(/expected a name of letters/)])
    expect(await admit(string('ipad'), string('ipad.local'))).toEqual([expect.stringMatching(/an IP address/)])
    expect(await admit(string('ipad'), string('192.168.1.20'), number(80))).toEqual([
      expect.stringMatching(/the port where it listens/),
    ])
    expect(await admit(string('stage'), string('192.168.1.20'))).toEqual([expect.stringMatching(/stands in the configuration/)])
    expect(await say(here, '/tablet/forget', string('stage'))).toEqual([
      expect.stringMatching(/no paired tablet is called "stage"; there are none/),
    ])
  })

  it('puts one in the place of its name and of its address, and lets in at most 32', async () => {
    const { say, known } = desk()
    await say(here, '/tablet/admit', string('a'), string('192.168.1.20'))
    await say(here, '/tablet/admit', string('b'), string('192.168.1.20'))
    await say(here, '/tablet/admit', string('b'), string('192.168.1.21'))
    expect(known.all().filter(({ isPaired }) => isPaired)).toEqual([{ name: 'b', address: '192.168.1.21', isPaired: true }])
    for (let i = 1; i < mostPaired; i++)
      expect(await say(here, '/tablet/admit', string(`t${i}`), string(`10.0.0.${i}`))).toEqual([])
    expect(await say(here, '/tablet/admit', string('late'), string('10.0.1.1'))).toEqual([
      expect.stringMatching(/32 tablets are paired/),
    ])
  })

  it('shows who knocks while it is open, and not after', async () => {
    const { say, pairing, status } = desk()
    pairing.knock(there, packet, performance.now())
    expect((await status()).pairing).toEqual({ address: null, knocks: [] })
    expect(await say(here, '/tablet/pair', string('192.168.1.5'), number(10))).toEqual([])
    pairing.knock(there, packet, performance.now())
    expect((await status()).pairing).toEqual({ address: '192.168.1.5', knocks: [there] })
    await say(here, '/tablet/admit', string('ipad'), string(there.address))
    expect((await status()).pairing.knocks).toEqual([])
    await say(here, '/tablet/pair')
    expect((await status()).pairing.address).toBeNull()
  })
})

describe('knocking', () => {
  it('is over by itself, keeps eight addresses, takes fifty packets a second, and only what looks like OSC', () => {
    const pairing = new Pairing()
    pairing.open('192.168.1.5', 3_600_000, 0)
    expect([pairing.openOn(pairingLimits.longestMs), pairing.openOn(pairingLimits.longestMs + 1)]).toEqual([
      '192.168.1.5',
      undefined,
    ])
    for (let i = 1; i < 20; i++) pairing.knock({ address: `10.0.0.${i}`, port: i }, packet, 10)
    expect(pairing.heard(10)).toHaveLength(pairingLimits.knocks)
    pairing.open('192.168.1.6', 1000, 20)
    for (const bytes of [Buffer.from('GET / HTTP/1'), Buffer.from('/'), new Uint8Array()]) pairing.knock(there, bytes, 20)
    expect(pairing.heard(20)).toEqual([])
    for (let i = 0; i < 100; i++) pairing.knock({ address: '10.0.0.1', port: i }, packet, 30)
    expect(pairing.heard(30)[0]!.port).toBeLessThan(pairingLimits.packetsASecond)
    expect(decode(packet)).toMatchObject({ address: '/x' })
  })
})

describe('networks', () => {
  const info = (cidr: string, internal = false): NetworkInterfaceInfo => {
    const [address = ''] = cidr.split('/')
    return {
      address,
      cidr,
      internal,
      family: address.includes(':') ? 'IPv6' : 'IPv4',
      netmask: '',
      mac: '',
    } as NetworkInterfaceInfo
  }
  const interfaces = {
    lo: [info('127.0.0.1/8', true)],
    docker0: [info('172.17.0.1/16')],
    wlan0: [info('192.168.1.5/24'), info('fd00::5/64')],
    eth1: [info('10.1.0.5/28')],
  }

  it('offers real networks before bridges of containers, and no loopback', () => {
    expect(lanAddresses(interfaces).map((one) => one.interface)).toEqual(['wlan0', 'eth1', 'docker0'])
  })

  it('finds the address on the network of a peer', () => {
    const found = ['192.168.1.20', '10.1.0.14', '10.1.0.17', 'fd00::9', '127.0.0.1', '8.8.8.8'].map((peer) =>
      localFor(peer, interfaces),
    )
    expect(found).toEqual(['192.168.1.5', '10.1.0.5', undefined, 'fd00::5', undefined, undefined])
  })
})
