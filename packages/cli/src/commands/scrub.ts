import {
  afterwardsScrubber,
  type FoundSession,
  ownShapes,
  ReaderError,
  type ScrubbedSession,
  scrubbableBytes,
  scrubSession,
} from '@tacho/reader'
import type { Command } from 'commander'
import { chosenSessions, type ManySessionsOptions, withManySessions } from '../chosen-sessions.js'
import { CommandError, EXIT } from '../command-error.js'
import { jsonText } from '../json-text.js'
import { note, write } from '../output.js'
import { printable } from '../printable.js'
import { progressBar } from '../progress-bar.js'
import { valuesFrom } from '../scrub/values.js'
import { wordsOf } from '../scrub/words.js'
import { withSessionsDir } from '../session-options.js'

type ScrubOptions = ManySessionsOptions & { value?: string; dryRun?: boolean; json?: boolean }

/** Adds `tacho scrub`: removes secrets from sessions on disk. */
export function addScrubCommand(tacho: Command): void {
  const command = withManySessions(
    tacho.command('scrub').description('replace secrets in recorded sessions'),
  )
    .option('--value <->', 'with -: also replace the values on standard input, one per line')
    .option('--dry-run', 'only say what would be replaced')
    .option('--json', 'print an array of objects')
    .action(scrub)
  withSessionsDir(command)
}

async function scrub(names: string[], options: ScrubOptions): Promise<void> {
  const { value, dryRun = false, json = false } = options
  const sessions = chosenSessions(names, options)
  const values = value === undefined ? [] : await namedValues(value)
  const shapes = ownShapes(process.env.TACHO_SCRUB_RULES)
  const total = sessions.reduce((sum, { folder }) => sum + scrubbableBytes(folder), 0)
  const progress = progressBar('scrubbing', total)
  const results: object[] = []
  for (const session of sessions) {
    try {
      const scrubbed = scrubSession(session.folder, {
        scrubber: afterwardsScrubber(values, shapes),
        isDry: dryRun,
        onBytes: (bytes) => progress.add(bytes),
      })
      progress.clear()
      results.push({ ...session, ...scrubbed })
      if (!json) await write(`${printable(session.id)}  ${wordsOf(scrubbed, dryRun)}\n`)
      noteForeign(session, scrubbed)
    } catch (error) {
      progress.clear()
      // A session that cannot be scrubbed must not keep the others from it.
      if (names.length === 1 || !(error instanceof ReaderError)) throw error
      note(error.message)
      process.exitCode = EXIT.failure
    }
  }
  if (json) await write(`${jsonText(results, 2)}\n`)
}

/**
 * Files that are not ours stay as they are, and the user is told: the same secret is in them, in
 * plain text.
 */
function noteForeign({ folder }: FoundSession, { notOurs }: ScrubbedSession): void {
  for (const { file } of notOurs) {
    note(`${folder}/${file} is the agent's own transcript: it holds secrets, and stays as it is.`)
  }
}

async function namedValues(option: string): Promise<string[]> {
  if (option !== '-') {
    throw new CommandError(
      'wrong-use',
      EXIT.wrongUse,
      'Give the values on standard input, with --value -: on the command line, every process list and the history of your shell would have them.',
    )
  }
  return valuesFrom(process.stdin)
}
