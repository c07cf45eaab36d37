import { openSync, writeSync } from 'node:fs'
import { connect, createServer } from 'node:net'

// The limit of what a relay written for Node can be: bytes go from one socket to another, and nothing
// looks at them; with the path of a file, what comes back is written to it behind them, and no more. A
// process of its own; it is told the port of the upstream.
const port = Number(process.argv[2])
const file = process.argv[3] === undefined ? undefined : openSync(process.argv[3], 'w')

const server = createServer({ noDelay: true, highWaterMark: 1024 * 1024 }, (agent) => {
  const upstream = connect({ port, host: '127.0.0.1', noDelay: true })
  agent.pipe(upstream).pipe(agent)
  if (file !== undefined) upstream.on('data', (bytes: Uint8Array) => writeSync(file, bytes))
  agent.on('error', () => upstream.destroy())
  upstream.on('error', () => agent.destroy())
})
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('disconnect', () => process.exit())
