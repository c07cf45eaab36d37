import type { Readable } from 'node:stream'

/**
 * Passes the agent's standard error to ours, byte for byte, and reports it. If nobody reads ours
 * any more, the agent's is closed too, so that it notices as it would without Tacho.
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
