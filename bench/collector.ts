import { createServer } from 'node:http'
import { type AddressInfo, createServer as createNetServer } from 'node:net'

// Two collectors for benchmarks, in a process of their own: one takes whatever it is sent, the other
// takes connections and never says a word.
const taking = createServer((request, response) => {
  request.resume()
  request.on('end', () => response.writeHead(200).end())
})
const silent = createNetServer((socket) => {
  socket.on('error', () => {})
  socket.resume()
})
taking.listen(0, '127.0.0.1', () =>
  silent.listen(0, '127.0.0.1', () =>
    process.send?.({ taking: portOf(taking.address()), silent: portOf(silent.address()) }),
  ),
)
process.on('disconnect', () => process.exit())

function portOf(address: AddressInfo | string | null): number {
  return (address as AddressInfo).port
}
