import { openSync, writeSync } from 'node:fs'
import { connect, createServer } from 'node:net'

// The upper bound for a relay written for Node: it passes bytes from one socket to another without
// looking at them. Given a file's path, it also writes the answer there after passing it on, and
// does nothing else. A separate process that is given the upstream's port.
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
