// Surfaces behind Unix sockets that carry MIDI bytes: serial bridges such as socat, and simulators.
import { createConnection } from 'node:net'
import { of } from 'rxjs'
import type { Link, PortName, Ports } from '../link.js'
import { Inbox } from './inbox.js'
import { MidiStream } from './midi-stream.js'

const prefix = 'unix:'

/** `unix:/run/surface.sock` */
export const isSocketPort = (port: string): boolean => port.startsWith(prefix)

/** What nobody reads is a device that hangs: it is let go. */
const mostWaitingBytes = 1 << 20

/** Each path is a port that is always there; opening it fails for as long as nobody listens. */
export class SocketPorts implements Ports {
  readonly ports$
  readonly status$ = of('')
  private readonly links = new Set<Link>()

  /** @param names as in the configuration, with `unix:` */
  constructor(names: readonly string[]) {
    this.ports$ = of([...new Set(names)].map((name): PortName => ({ name, place: '1', canReceive: true, canSend: true })))
  }

  open({ name }: PortName): Promise<Link> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(name.slice(prefix.length))
      const inbox = new Inbox()
      const stream = new MidiStream()
      const link: Link = {
        messages$: inbox.messages$,
        send: (bytes) => {
          if (socket.writableLength > mostWaitingBytes) socket.destroy()
          else if (!socket.destroyed) socket.write(bytes)
        },
        close: () => socket.destroy(),
      }
      socket.once('connect', () => {
        this.links.add(link)
        resolve(link)
      })
      socket.on('data', (bytes) => {
        for (const message of stream.push(bytes)) inbox.next(message)
      })
      socket.on('error', (error) => reject(new Error(`${name}: ${error.message}`)))
      socket.once('close', () => {
        this.links.delete(link)
        inbox.complete()
      })
    })
  }

  async close(): Promise<void> {
    for (const link of this.links) link.close()
  }
}
