// The page that a tablet opens by its camera while it is paired: how to connect, and layouts of this very desk to download.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

export interface PageFile {
  /** `mix.tosc` */
  readonly name: string
  /** What it is, for people. */
  readonly label: string
  make(): Uint8Array
}

export interface TabletPageOptions {
  /** This machine's address that is open, and a port; where that is taken, another one is. */
  readonly address: string
  readonly port: number
  /** Only who has seen it on the terminal gets anything. */
  readonly token: string
  readonly files: readonly PageFile[]
  /** What the page says now. */
  readonly lines: () => readonly string[]
  /** A tablet has opened the page. */
  readonly onVisit: (address: string) => void
}

export interface TabletPage {
  readonly url: string
  close(): Promise<void>
}

const pageLimits = { connections: 16, wrongPaths: 50, requestMs: 5000, headBytes: 4096 } as const

export async function openTabletPage(options: TabletPageOptions): Promise<TabletPage> {
  const { address, token, files } = options
  const made = new Map<string, Uint8Array>()
  let wrong = 0

  const reply = (request: IncomingMessage): Reply => {
    const [, given, name = ''] = /^\/([^/?]*)\/?([^/?]*)/.exec(request.url ?? '') ?? []
    // Too many guesses, and nobody gets in any more.
    if (given !== token || wrong >= pageLimits.wrongPaths) {
      wrong++
      return notHere
    }
    if (request.method !== 'GET') return { status: 405, type: 'text/plain', body: 'GET it.' }
    options.onVisit((request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''))
    if (name === '') return { status: 200, type: 'text/html; charset=utf-8', body: pageHtml(options.lines(), files, token) }
    const file = files.find((one) => one.name === name)
    if (!file) return notHere
    const body = made.get(name) ?? file.make()
    made.set(name, body)
    return { status: 200, type: 'application/octet-stream', body, name }
  }

  const server = createServer(
    {
      maxHeaderSize: pageLimits.headBytes,
      requestTimeout: pageLimits.requestMs,
      headersTimeout: pageLimits.requestMs,
      keepAliveTimeout: 1000,
    },
    (request, response) => send(response, reply(request)),
  )
  server.maxConnections = pageLimits.connections
  const port = await listen(server, address, options.port)
  return {
    url: `http://${address}:${port}/${token}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function listen(server: Server, address: string, port: number): Promise<number> {
  try {
    server.listen(port, address)
    await once(server, 'listening')
  } catch (error) {
    if (port === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return listen(server, address, 0)
  }
  return (server.address() as { port: number }).port
}

interface Reply {
  readonly status: number
  readonly type: string
  readonly body: string | Uint8Array
  /** Of a file to be kept. */
  readonly name?: string
}

const notHere: Reply = { status: 404, type: 'text/plain', body: 'Not here.' }

function send(response: ServerResponse, { status, type, body, name }: Reply): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
    ...(name === undefined ? {} : { 'Content-Disposition': `attachment; filename="${name}"` }),
  })
  response.end(body)
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char)

const pageHtml = (lines: readonly string[], files: readonly PageFile[], token: string): string => `<!doctype html>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="5">
<title>deskd</title>
<style>
  body { font: 18px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 32em; padding: 0 1em; background: #16181d; color: #e8eaed }
  a { display: block; margin: .5em 0; padding: .7em 1em; border-radius: .4em; background: #0a84ff; color: #fff; text-decoration: none }
</style>
<h1>deskd</h1>
${lines.map((line) => `<p>${escaped(line)}</p>`).join('\n')}
${files.map(({ name, label }) => `<a href="/${token}/${name}">${escaped(label)}</a>`).join('\n')}
`
