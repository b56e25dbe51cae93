// Who is at the other end: an address and a port, and how both are written.
import { isIPv6 } from 'node:net'
import { DeskError } from '../errors.js'

export interface Peer {
  readonly address: string
  readonly port: number
}

/** A client is an address and a port: one machine may hold many. */
export interface Caller {
  /** The initiator of its changes: `osc:127.0.0.1:50123`. */
  readonly id: string
  readonly peer: Peer
}

export interface Received {
  readonly bytes: Uint8Array
  readonly from: Peer
}

export interface Outgoing {
  readonly bytes: Uint8Array
  readonly to: Peer
}

export const defaultPeer: Peer = { address: '127.0.0.1', port: 9000 }

export const peerText = ({ address, port }: Peer): string => (isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`)

export const callerOf = (peer: Peer): Caller => ({ id: `osc:${peer.address}:${peer.port}`, peer })

/** Reads `HOST:PORT`, `[IPV6]:PORT` or `:PORT` (this machine). Throws a DeskError `usage`. */
export function parsePeer(written: string): Peer {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(written.trim())
  const port = Number(parts?.[3])
  if (!parts || port > 65535)
    throw new DeskError(
      'usage',
      `expected an OSC address as HOST:PORT with a port up to 65535, such as 127.0.0.1:9000; found "${written}"`,
    )
  return { address: parts[1] ?? (parts[2] || defaultPeer.address), port }
}
