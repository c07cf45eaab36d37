import { createServer } from 'node:http'
import { type AddressInfo, createServer as createNetServer } from 'node:net'

// Two collectors for benchmarks, in a separate process: one accepts everything, the other accepts
// connections and never answers.
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
