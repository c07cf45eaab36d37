import { type FollowedLog, followLog } from '@tacho/reader'
import type { Command } from 'commander'
import { CommandError, EXIT } from '../command-error.js'
import { write } from '../output.js'
import { writeLines } from '../pager.js'
import { printableStream } from '../printable.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'

type LogOptions = SessionOptions & { follow?: boolean }

/** Adds `tacho log`: the debug log of a session. */
export function addLogCommand(tacho: Command): void {
  const command = tacho
    .command('log')
    .description('print the debug log of a session')
    .argument('[session]', SESSION_ARGUMENT[1], 'last')
    .option('-f, --follow', 'keep printing new lines while the session runs')
    .action(log)
  withSessionsDir(command)
}

async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const text of texts) {
    const [first = '', ...lines] = text.split('\n')
    rest += first
    for (const line of lines) {
      yield rest
      rest = line
    }
  }
  if (rest !== '') yield rest
}

async function log(name: string, { follow = false, ...options }: LogOptions): Promise<void> {
  const { folder } = sessionNamed(name, options)
  const shown = printableStream('lines')
  const pieces: FollowedLog = followLog(folder, follow)
  let isThere = false
  async function* texts(): AsyncGenerator<string> {
    for await (const bytes of pieces) {
      isThere = true
      yield shown.push(bytes)
    }
    yield shown.end()
  }
  // Output that is still growing is not split into lines, and appears when it comes.
  if (follow) for await (const text of texts()) await write(text)
  else await writeLines(linesOf(texts()))
  if (isThere) return
  throw new CommandError('incomplete', EXIT.incomplete, `${folder} has no debug log.`)
}
