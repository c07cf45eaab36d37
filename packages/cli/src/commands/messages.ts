import { conversationAt, conversationReader } from '@tacho/reader'
import type { Command } from 'commander'
import { exchangeNumber } from '../chosen-exchange.js'
import { CommandError, EXIT } from '../command-error.js'
import { chosenRequest } from '../conversation/chosen-request.js'
import { conversationJson, missingOf } from '../conversation/json.js'
import { conversationLines } from '../conversation/lines.js'
import { noteDamage } from '../damage-note.js'
import { writeLines } from '../pager.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'
import { writeJson } from '../write-json.js'

/** Adds `tacho messages`: the conversation as a model was given it. */
export function addMessagesCommand(tacho: Command): void {
  const command = tacho
    .command('messages')
    .description('print the conversation as the model received it, what was new, and the answer')
    .argument('[session]', SESSION_ARGUMENT[1], 'last')
    .argument('[n]', 'number of the exchange (default: the last one)', exchangeNumber)
    .option('--all', 'also print the earlier messages in full')
    .option('--json', 'print one object')
    .action(messages)
  withSessionsDir(command)
}

type MessagesOptions = SessionOptions & { all?: boolean; json?: boolean }

async function messages(
  name: string,
  number: number | undefined,
  options: MessagesOptions,
): Promise<void> {
  const reader = conversationReader(sessionNamed(name, options).folder)
  noteDamage(reader)
  const at = conversationAt(reader, chosenRequest(reader, number))
  if (options.json) await writeJson(conversationJson(at))
  else await writeLines(conversationLines(at, options.all ?? false))
  const missing = missingOf(at)
  if (missing.length === 0) return
  const words = missing.map(({ reason }) => reason)
  throw new CommandError('incomplete', EXIT.incomplete, words.join('\n'))
}
