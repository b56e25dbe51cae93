// Surfaces that look at the whole desk: meters 20 times a second, and every fader. Arguments: how many, the desk's port.
// Tells the parent how many datagrams they heard when it asks.
import { createSocket } from 'node:dgram'
import { encodeMessage } from '../../dist/osc/encode.js'

const [count, port] = process.argv.slice(2).map(Number)
const meterHz = 20
const renewMs = 4000

let heard = 0
const subscriptions = ['/strip/*/meter/peakDb', '/strip/*/faderDb'].map((pattern) =>
  encodeMessage('/subscribe', [
    { type: 's', value: pattern },
    { type: 'i', value: meterHz },
  ]),
)
for (let i = 0; i < count; i++) {
  const socket = createSocket('udp4')
  socket.on('message', () => heard++)
  socket.connect(port, '127.0.0.1', () => {
    const subscribe = () => {
      for (const bytes of subscriptions) socket.send(bytes)
    }
    subscribe()
    setInterval(subscribe, renewMs)
  })
}
process.on('message', () => process.send(heard))
process.on('disconnect', () => process.exit())
