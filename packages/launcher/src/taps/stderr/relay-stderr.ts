import type { Readable } from 'node:stream'

/**
 * Passes the agent's standard error on to ours, byte for byte, and tells of it. Where nobody reads
 * ours any more, the agent's is closed too, so that it hears of it as without us.
 */
export function relayStderr(source: Readable, onBytes: (bytes: Uint8Array) => void): void {
  source.on('data', (bytes: Buffer) => {
    pass(source, bytes)
    onBytes(bytes)
  })
  source.on('error', () => {})
  process.stderr.on('error', () => source.destroy())
}

function pass(source: Readable, bytes: Buffer): void {
  if (process.stderr.write(bytes)) return
  source.pause()
  process.stderr.once('drain', () => source.resume())
}
