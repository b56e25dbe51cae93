// Sends every datagram back to where it came from: what UDP and this machine take by themselves. Tells its port to the parent.
import { createSocket } from 'node:dgram'

const socket = createSocket({ type: 'udp4', lookup: (name, _, found) => found(null, name, 4) })
socket.on('message', (bytes, { address, port }) => socket.send(bytes, port, address))
socket.bind(0, '127.0.0.1', () => process.send(socket.address().port))
