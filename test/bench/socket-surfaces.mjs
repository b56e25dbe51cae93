// Surfaces on Unix sockets that take what the desk shows. Arguments: a path each. Tells the parent how many bytes came when it asks.
import { createServer } from 'node:net'

let heardBytes = 0
let connected = 0
for (const path of process.argv.slice(2))
  createServer((socket) => {
    connected++
    socket.on('data', (bytes) => {
      heardBytes += bytes.length
    })
    socket.on('error', () => {})
  }).listen(path)
process.on('message', () => process.send({ heardBytes, connected }))
process.on('disconnect', () => process.exit())
