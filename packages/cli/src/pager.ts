import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Lines that exist already, or that come one by one. */
export type Lines = Iterable<string> | AsyncIterable<string>

export type LinesOptions = {
  /** Called before the pager gets the terminal: nothing else may write to it after that. */
  onPaged?: () => void
  /** Write each line as soon as it is made, because the next one can take long. */
  isPrompt?: boolean
}

/**
 * Prints lines as they are made: through the user's pager (`PAGER`, else `less`) if stdout is a
 * terminal with fewer rows than that. An empty `PAGER`, or `cat`, means no pager.
 */
export async function writeLines(lines: Lines, options: LinesOptions = {}): Promise<void> {
  const { onPaged = () => {}, isPrompt = false } = options
  const command = process.env.PAGER ?? 'less'
  const rest = iteratorOf(lines)
  const hasPager = process.stdout.isTTY && command !== '' && command !== 'cat'
  const first = hasPager ? await take(rest, process.stdout.rows || 24) : []
  const isLong = first.length >= (process.stdout.rows || 24)
  const whole = chained(first, rest)
  if (hasPager && isLong && (await isThere(programOf(command)))) {
    onPaged()
    await paged(command, whole, isPrompt)
  } else await writeTo(process.stdout, whole, isPrompt)
}

function programOf(command: string): string {
  return command.trim().split(/\s+/)[0] ?? ''
}

async function paged(command: string, lines: Lines, isPrompt: boolean): Promise<void> {
  // As git does: less ends if everything fits on the screen, shows colours, and does not clear the
  // screen.
  const env = { LESS: 'FRX', ...process.env }
  const { spawn } = await import('node:child_process')
  const pager = spawn('sh', ['-c', command], { env, stdio: ['pipe', 'inherit', 'inherit'] })
  const closed = once(pager, 'close')
  // A user who has seen enough quits before everything is there.
  pager.stdin.on('error', () => {})
  // Keys that end a program are for the pager: only it ends.
  const ignore = (): void => {}
  process.on('SIGINT', ignore)
  try {
    await Promise.race([
      closed,
      writeTo(pager.stdin, lines, isPrompt).then(() => pager.stdin.end()),
    ])
    await closed
  } finally {
    process.off('SIGINT', ignore)
  }
}

async function isThere(program: string): Promise<boolean> {
  const { spawn } = await import('node:child_process')
  const look = spawn('sh', ['-c', 'command -v -- "$1"', 'sh', program], { stdio: 'ignore' })
  const [exitCode] = (await once(look, 'close')) as [number | null]
  return exitCode === 0
}

/** About how many bytes are collected before they are written. */
const PIECE = 16 * 1024

async function writeTo(stream: Writable, lines: Lines, isPrompt: boolean): Promise<void> {
  let piece = ''
  const flush = async (): Promise<void> => {
    const isTaken = piece === '' || stream.destroyed || stream.write(piece)
    piece = ''
    if (!isTaken) await once(stream, 'drain')
  }
  for await (const line of lines) {
    if (stream.destroyed) return
    piece += `${line}\n`
    if (isPrompt || piece.length >= PIECE) await flush()
  }
  await flush()
}

type LineIterator = Iterator<string> | AsyncIterator<string>

function iteratorOf(lines: Lines): LineIterator {
  return Symbol.asyncIterator in lines ? lines[Symbol.asyncIterator]() : lines[Symbol.iterator]()
}

async function take(lines: LineIterator, count: number): Promise<string[]> {
  const taken: string[] = []
  while (taken.length < count) {
    const next = await lines.next()
    if (next.done) break
    taken.push(next.value)
  }
  return taken
}

async function* chained(first: readonly string[], rest: LineIterator): AsyncGenerator<string> {
  yield* first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}
