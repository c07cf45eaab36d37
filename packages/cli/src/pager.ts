import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Writable } from 'node:stream'

/**
 * Prints lines as they are made: through the user's pager (`PAGER`, else `less`) where stdout is a
 * terminal with fewer rows than that. An empty `PAGER`, or `cat`, is none.
 */
export async function writeLines(lines: Iterable<string>): Promise<void> {
  const command = process.env.PAGER ?? 'less'
  const rest = lines[Symbol.iterator]()
  const hasPager = process.stdout.isTTY && command !== '' && command !== 'cat'
  const first = hasPager ? take(rest, process.stdout.rows || 24) : []
  const isLong = first.length >= (process.stdout.rows || 24)
  const whole = { [Symbol.iterator]: () => chained(first, rest) }
  if (!(hasPager && isLong && (await paged(command, whole)))) await writeTo(process.stdout, whole)
}

/** Says whether there is such a pager. */
async function paged(command: string, lines: Iterable<string>): Promise<boolean> {
  const [program = ''] = command.trim().split(/\s+/)
  if (!(await isThere(program))) return false
  // As git does: less ends where a screen holds all, shows colours, and leaves the screen as it is.
  const env = { LESS: 'FRX', ...process.env }
  const pager = spawn('sh', ['-c', command], { env, stdio: ['pipe', 'inherit', 'inherit'] })
  const closed = once(pager, 'close')
  // Who has seen enough leaves before all is there.
  pager.stdin.on('error', () => {})
  // A key that ends a program of the terminal's is the pager's: it alone goes by it.
  const ignore = (): void => {}
  process.on('SIGINT', ignore)
  try {
    await Promise.race([closed, writeTo(pager.stdin, lines).then(() => pager.stdin.end())])
    await closed
  } finally {
    process.off('SIGINT', ignore)
  }
  return true
}

async function isThere(program: string): Promise<boolean> {
  const look = spawn('sh', ['-c', 'command -v -- "$1"', 'sh', program], { stdio: 'ignore' })
  const [exitCode] = (await once(look, 'close')) as [number | null]
  return exitCode === 0
}

/** Bytes, about, that are put together before they are written. */
const PIECE = 16 * 1024

async function writeTo(stream: Writable, lines: Iterable<string>): Promise<void> {
  let piece = ''
  const flush = async (): Promise<void> => {
    const isTaken = piece === '' || stream.destroyed || stream.write(piece)
    piece = ''
    if (!isTaken) await once(stream, 'drain')
  }
  for (const line of lines) {
    if (stream.destroyed) return
    piece += `${line}\n`
    if (piece.length >= PIECE) await flush()
  }
  await flush()
}

function take(lines: Iterator<string>, count: number): string[] {
  const taken: string[] = []
  while (taken.length < count) {
    const next = lines.next()
    if (next.done) break
    taken.push(next.value)
  }
  return taken
}

function* chained(first: readonly string[], rest: Iterator<string>): Generator<string> {
  yield* first
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value
}
