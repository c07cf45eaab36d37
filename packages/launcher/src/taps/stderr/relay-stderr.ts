import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { cut } from '@tacho/format'

/** A line longer than this is logged in parts; the bytes pass unchanged all the same. */
const LINE_CHARACTERS = 64 * 1024

/**
 * Passes the agent's standard error on to ours, byte for byte, and tells each line of it. Where
 * nobody reads ours any more, the agent's is closed too, so that it hears of it as without us.
 */
export function relayStderr(source: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8')
  let held = ''
  source.on('data', (bytes: Buffer) => {
    pass(source, bytes)
    const [first = '', ...more] = decoder.write(bytes).split('\n')
    held += first
    for (const line of more) {
      onLine(held)
      held = line
    }
    while (held.length > LINE_CHARACTERS) {
      const line = cut(held, LINE_CHARACTERS)
      onLine(line)
      held = held.slice(line.length)
    }
  })
  source.on('end', () => {
    if (held !== '') onLine(held)
  })
  source.on('error', () => {})
  process.stderr.on('error', () => source.destroy())
}

function pass(source: Readable, bytes: Buffer): void {
  if (process.stderr.write(bytes)) return
  source.pause()
  process.stderr.once('drain', () => source.resume())
}
