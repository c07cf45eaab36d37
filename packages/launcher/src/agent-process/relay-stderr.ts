import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** A line longer than this is logged in parts; the bytes pass unchanged all the same. */
const LINE_CHARACTERS = 64 * 1024

const NEWLINE = 10

/**
 * Passes the agent's standard error on to ours, byte for byte, and tells each line of it. Where
 * nobody reads ours any more, the agent's is closed too, so that it hears of it as without us.
 *
 * @param isOurs whether a line is there because of us only; it is told, and not passed on.
 */
export function relayStderr(
  source: Readable,
  onLine: (line: string) => void,
  isOurs: (line: string) => boolean,
): void {
  const decoder = new StringDecoder('utf8')
  let held = ''
  let isHeldPassedOn = false
  source.on('data', (bytes: Buffer) => {
    const kept: Buffer[] = []
    for (const piece of piecesOf(bytes)) {
      held += decoder.write(piece)
      const isWhole = piece.at(-1) === NEWLINE
      const line = isWhole ? held.slice(0, -1) : held
      const isDropped = isWhole && !isHeldPassedOn && isOurs(line)
      if (!isDropped) kept.push(piece)
      isHeldPassedOn = !isWhole
      if (!isWhole && held.length <= LINE_CHARACTERS) continue
      onLine(line)
      held = ''
    }
    pass(source, Buffer.concat(kept))
  })
  source.on('end', () => {
    if (held !== '') onLine(held)
  })
  source.on('error', () => {})
  process.stderr.on('error', () => source.destroy())
}

/** The lines of some bytes, each with its newline; the last one may have none. */
function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, from)
    const end = newline < 0 ? bytes.length : newline + 1
    yield bytes.subarray(from, end)
    from = end
  }
}

function pass(source: Readable, bytes: Buffer): void {
  if (bytes.length === 0 || process.stderr.write(bytes)) return
  source.pause()
  process.stderr.once('drain', () => source.resume())
}
