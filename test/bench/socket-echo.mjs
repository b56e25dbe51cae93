// Sends all bytes back: what a Unix socket and this machine take by themselves. Argument: its path.
import { createServer } from 'node:net'

createServer((socket) => socket.pipe(socket)).listen(process.argv[2], () => process.send('ready'))
