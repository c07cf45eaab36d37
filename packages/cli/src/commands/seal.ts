import {
  type FoundSession,
  ReaderError,
  type SealedLog,
  sealableBytes,
  sealSession,
  sessionDamage,
  summarize,
} from '@tacho/reader'
import type { Command } from 'commander'
import { ageOf } from '../age.js'
import { type CommandError, EXIT, wrongUse as wrongUseOf } from '../command-error.js'
import { jsonText } from '../json-text.js'
import { note, write } from '../output.js'
import { printable } from '../printable.js'
import { progressBar } from '../progress-bar.js'
import { byteCount } from '../quantities.js'
import {
  allSessions,
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'

type SealOptions = SessionOptions & { olderThan?: number; json?: boolean }

/** Adds `tacho seal`: compresses the logs of sessions that are over. */
export function addSealCommand(tacho: Command): void {
  const command = tacho
    .command('seal')
    .description('compress the logs of a finished session; every command still reads it')
    .argument('[session]', SESSION_ARGUMENT[1])
    .option('--older-than <age>', 'sessions last active before: an age (7d, 12h, 2w)', ageOf)
    .option('--json', 'print an array of objects')
    .action(seal)
  withSessionsDir(command)
}

async function seal(name: string | undefined, options: SealOptions): Promise<void> {
  const isOne = name !== undefined
  const sessions = isOne ? [only(name, options)] : olderThan(options)
  if (sessions.length === 0) note('nothing to seal: no session that old has uncompressed logs.')
  const total = sessions.reduce((sum, { folder }) => sum + sealableBytes(folder), 0)
  const progress = progressBar('sealing', total)
  const results: object[] = []
  for (const session of sessions) {
    try {
      const damage = sessionDamage(session.folder)
      const logs = sealSession(session.folder, (bytes) => progress.add(bytes))
      progress.clear()
      if (damage.length > 0) {
        note(`${session.id} is damaged and was sealed as it is; tacho verify shows the damage.`)
        process.exitCode ||= EXIT.incomplete
      }
      results.push({ ...session, logs })
      if (!options.json) await write(`${wordsOf(session, logs)}\n`)
    } catch (error) {
      progress.clear()
      // A session that cannot be sealed must not keep the others from it.
      if (isOne || !(error instanceof ReaderError)) throw error
      note(error.message)
      process.exitCode = EXIT.failure
    }
  }
  if (options.json) await write(`${jsonText(results, 2)}\n`)
}

function only(name: string, options: SealOptions): FoundSession {
  if (options.olderThan === undefined) return sessionNamed(name, options)
  throw wrongUse(`${name} and --older-than exclude each other. `)
}

function olderThan(options: SealOptions): FoundSession[] {
  const { olderThan: age } = options
  if (age === undefined) throw wrongUse()
  const before = Date.now() - age
  return allSessions(options).filter((session) => {
    if (sealableBytes(session.folder) === 0) return false
    const { ended, endedAt, lastStartedAt = '', newerFormat } = summarize(session)
    if (ended === 'running' || newerFormat !== undefined) return false
    return Date.parse(endedAt ?? lastStartedAt) < before
  })
}

function wordsOf({ id }: FoundSession, logs: SealedLog[]): string {
  const plain = logs.reduce((sum, { plainBytes }) => sum + plainBytes, 0)
  const sealed = logs.reduce((sum, { sealedBytes }) => sum + sealedBytes, 0)
  if (plain === 0) return `${printable(id)}  there is nothing to seal`
  return `${printable(id)}  ${byteCount(plain)} are ${byteCount(sealed)} now`
}

function wrongUse(why = ''): CommandError {
  return wrongUseOf(`${why}Name one session, or all of an age with --older-than 7d.`)
}
