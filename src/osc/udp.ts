// The UDP port: datagrams of whom the desk listens to come in, datagrams go out.
import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns'
import { once } from 'node:events'
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import { type Observable, Subject } from 'rxjs'
import { DeskError } from '../errors.js'
import { log } from '../log.js'
import { defaultPeer, type Outgoing, type Peer, peerText, type Received } from './peer.js'

export interface UdpOptions {
  /** Name or number of a local address, and a port; 0 for any free one. */
  readonly bind?: Peer
  /** Networks that may send (`192.168.1.0/24`, `10.0.0.7`); this machine always may. Needed for a bind other than loopback. */
  readonly allow?: readonly string[]
  /** Others that may send; asked anew for each datagram. */
  readonly admits?: (peer: Peer) => boolean
  /** Nobody may send but those, so it needs no networks. */
  readonly isDoor?: boolean
  /** Hears what was refused, beside the log. */
  readonly onRefused?: (datagram: Received) => void
}

export interface UdpPort {
  /** Where it is bound. */
  readonly local: Peer
  readonly datagrams$: Observable<Received>
  readonly send: (datagram: Outgoing) => void
  /** Datagrams refused because of where they came from, and answers that could not be sent. */
  readonly counts: Readonly<{ refused: number; unsent: number }>
  readonly close: () => Promise<void>
}

const receiveBufferBytes = 8 * 2 ** 20
/** Answers waiting in the process when the network is slower than they are made. */
const sendQueueLimit = 10_000
const refusalsRemembered = 256
const minuteMs = 60_000

/** Opens the port. Throws a DeskError: `portInUse`, or `config` for an address or network that cannot be. */
export async function openUdpPort(options: UdpOptions = {}): Promise<UdpPort> {
  const { bind = defaultPeer, allow = [], admits, isDoor = false, onRefused } = options
  const allowed = allowList(allow)
  if (allow.length === 0 && !isDoor && !isLoopback(bind.address))
    throw new DeskError(
      'config',
      `OSC on ${peerText(bind)} can be reached from other machines: say which may send, such as "osc: {allow: [192.168.1.0/24]}" in the configuration file (deskd run --config FILE)`,
    )
  const socket = await bound(bind)
  const counts = { refused: 0, unsent: 0 }
  const datagrams = new Subject<Received>()
  const isAllowed = remembered((address) => isLoopback(address) || allowed.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'))
  const logRefusal = createRefusalLog()

  socket.on('message', (bytes, { address, port }) => {
    const from = { address: plainAddress(address), port }
    // A datagram from port 0 cannot be answered and has been made up.
    if (port !== 0 && (isAllowed(from.address) || admits?.(from))) return datagrams.next({ bytes, from })
    counts.refused++
    if (onRefused && port !== 0) onRefused({ bytes, from })
    if (!isDoor) logRefusal(from.address)
  })
  socket.on('error', (error) => log.warn({ error: error.message }, 'OSC port'))
  const sent = (error: Error | null): void => {
    if (error) counts.unsent++
  }
  let open = true
  return {
    local: { address: socket.address().address, port: socket.address().port },
    datagrams$: datagrams.asObservable(),
    counts,
    send: ({ bytes, to }) => {
      if (open && socket.getSendQueueCount() < sendQueueLimit) socket.send(bytes, to.port, to.address, sent)
      else counts.unsent++
    },
    close: async () => {
      if (!open) return
      open = false
      datagrams.complete()
      socket.close()
      await once(socket, 'close')
    },
  }
}

async function bound({ address, port }: Peer): Promise<Socket> {
  const socket = createSocket({
    type: isIPv6(address) ? 'udp6' : 'udp4',
    recvBufferSize: receiveBufferBytes,
    // Numeric addresses, which all answers go to, need no resolver.
    lookup: (name, options, found) => {
      const family = isIP(name)
      if (family) found(null, name, family)
      else lookup(name, options, found)
    },
  })
  try {
    // Waited for from before: with a numeric address the socket listens within the call.
    const listening = once(socket, 'listening')
    socket.bind(port, address)
    await listening
    return socket
  } catch (cause) {
    socket.close()
    throw bindError({ address, port }, cause as NodeJS.ErrnoException)
  }
}

function bindError(peer: Peer, cause: NodeJS.ErrnoException): DeskError {
  if (cause.code === 'EADDRINUSE')
    return new DeskError(
      'portInUse',
      `UDP port ${peerText(peer)} is in use, perhaps by another desk (deskd status); choose another: deskd run --osc ${peerText({ ...peer, port: peer.port + 1 })}`,
      { cause },
    )
  return new DeskError(
    'config',
    `OSC cannot listen on ${peerText(peer)}: ${cause.message}; choose an address of this machine with --osc HOST:PORT`,
    {
      cause,
    },
  )
}

export const isLoopback = (address: string): boolean =>
  address === 'localhost' || address === '::1' || (isIPv4(address) && address.startsWith('127.'))

/** Without IPv6's prefix of an IPv4 address and without a zone. */
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')

/** The networks of an allow-list. Throws a DeskError `config` that names all entries that are none. */
export function allowList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  const wrong = networks.filter((network) => !addNetwork(list, network))
  if (wrong.length > 0)
    throw new DeskError(
      'config',
      `osc.allow: expected networks such as 192.168.1.0/24 or addresses, found ${wrong.map((w) => `"${w}"`).join(', ')}`,
    )
  return list
}

function addNetwork(list: BlockList, network: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? []
  const family = isIP(address)
  const most = family === 6 ? 128 : 32
  const prefix = bits === undefined ? most : Number(bits)
  if (!family || prefix > most) return false
  list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4')
  return true
}

/** A check of an address, kept for the addresses seen. */
function remembered(check: (address: string) => boolean): (address: string) => boolean {
  const known = new Map<string, boolean>()
  return (address) => {
    const before = known.get(address)
    if (before !== undefined) return before
    if (known.size >= refusalsRemembered) known.clear()
    const now = check(address)
    known.set(address, now)
    return now
  }
}

/** Logs a refusal once a minute for each address, with what would allow it. */
function createRefusalLog(): (address: string) => void {
  const logged = new Set<string>()
  let since = 0
  return (address) => {
    const now = performance.now()
    if (now - since >= minuteMs) {
      logged.clear()
      since = now
    }
    if (logged.has(address) || logged.size >= refusalsRemembered) return
    logged.add(address)
    log.warn({ from: address }, refusalText(address))
  }
}

/** What to write where so that the network of an address may send. */
export function refusalText(address: string): string {
  const network = isIPv4(address) ? address.replace(/\d+$/, '0/24') : `${address}/64`
  return `refused an OSC packet from ${address}, which is in no network of osc.allow; to allow it, put "osc: {allow: [${network}]}" into the configuration file and start with: deskd run --config FILE`
}
