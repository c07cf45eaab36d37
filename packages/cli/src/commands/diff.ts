import { compareExchanges, compareSessions, conversationReader } from '@tacho/reader'
import type { Command } from 'commander'
import { isExchangeNumber } from '../chosen-exchange.js'
import { CommandError, EXIT } from '../command-error.js'
import { noteDamage } from '../damage-note.js'
import { chosenPair } from '../diff/chosen-pair.js'
import { exchangeLines } from '../diff/exchange-lines.js'
import { exchangesJson, sessionsJson } from '../diff/json.js'
import { sessionLines } from '../diff/session-lines.js'
import { writeLines } from '../pager.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'
import { writeJson } from '../write-json.js'

type DiffOptions = SessionOptions & { json?: boolean }

/** Adds `tacho diff`: what changed between two requests, or where two sessions diverge. */
export function addDiffCommand(tacho: Command): void {
  const command = tacho
    .command('diff')
    .description('show what changed between two requests, or where two sessions diverge')
    .argument(...SESSION_ARGUMENT)
    .argument('<n or session>', 'number of an exchange, or another session')
    .argument('[m]', 'number of a later exchange; without it, compare n with the request before it')
    .option('--json', 'print one object')
    .action(diff)
  withSessionsDir(command)
}

async function diff(
  name: string,
  second: string,
  third: string | undefined,
  options: DiffOptions,
): Promise<void> {
  const session = sessionNamed(name, options)
  const reader = conversationReader(session.folder)
  if (!isExchangeNumber(second)) {
    if (third !== undefined) throw wrongUse()
    const other = sessionNamed(second, options)
    const others = conversationReader(other.folder)
    const compared = compareSessions(reader, others)
    noteDamage({ damage: [...reader.damage, ...others.damage] })
    const ids = [session.id, other.id] as const
    if (options.json) await writeJson(sessionsJson(compared, ids))
    else await writeLines(sessionLines(compared, ids))
    return
  }
  noteDamage(reader)
  if (third !== undefined && !isExchangeNumber(third)) throw wrongUse()
  const [before, after] = chosenPair(
    reader,
    Number(second),
    third === undefined ? undefined : Number(third),
  )
  const compared = compareExchanges(reader, before, after)
  if (options.json) await writeJson(exchangesJson(compared))
  else await writeLines(exchangeLines(compared))
  if (compared.missing.length === 0) return
  const words = compared.missing.map(({ reason }) => reason)
  throw new CommandError('incomplete', EXIT.incomplete, words.join('\n'))
}

function wrongUse(): CommandError {
  const words = 'It takes a session and one or two numbers of exchanges, or two sessions.'
  return new CommandError('wrong-use', EXIT.wrongUse, words)
}
