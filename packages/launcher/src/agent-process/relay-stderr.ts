import type { Readable } from 'node:stream'

/** A line longer than this is logged in parts; the bytes pass unchanged all the same. */
const LINE_CHARACTERS = 64 * 1024

/**
 * Passes the agent's standard error on to ours, byte for byte, and tells each line of it.
 *
 * @param isOurs whether a line is there because of us only; it is told, and not passed on.
 */
export function relayStderr(
  source: Readable,
  onLine: (line: string) => void,
  isOurs: (line: string) => boolean,
): void {
  let held = ''
  const lines = (text: string): string[] => {
    const parts = (held + text).split('\n')
    held = parts.pop() ?? ''
    return parts
  }
  source.on('data', (bytes: Buffer) => {
    const before = held
    const complete = lines(bytes.toString())
    for (const line of complete) onLine(line)
    if (complete.some(isOurs) && before === '' && held === '') {
      const kept = complete.filter((line) => !isOurs(line)).map((line) => `${line}\n`)
      if (kept.length > 0) pass(source, Buffer.from(kept.join('')))
    } else {
      pass(source, bytes)
    }
    if (held.length > LINE_CHARACTERS) {
      onLine(held)
      held = ''
    }
  })
  source.on('end', () => {
    if (held !== '') onLine(held)
  })
  source.on('error', () => {})
}

function pass(source: Readable, bytes: Buffer): void {
  if (process.stderr.write(bytes)) return
  source.pause()
  process.stderr.once('drain', () => source.resume())
}
