import { approvalsOf, readSession } from '@tacho/reader'
import type { Command } from 'commander'
import { approvalJson } from '../approvals/json.js'
import { APPROVAL_COLUMNS, approvalRows, approvalTotalLines } from '../approvals/table.js'
import { noteDamage } from '../damage-note.js'
import { jsonText } from '../json-text.js'
import { note, outputWidth, write } from '../output.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'
import { tableLines } from '../table.js'

/** `tacho approvals`: what was asked, who answered, and how long it waited. */
export function addApprovalsCommand(tacho: Command): void {
  const command = tacho
    .command('approvals')
    .description('list what was asked before an action, who answered, and how long it waited')
    .argument(...SESSION_ARGUMENT)
    .option('--json', 'print an array of objects')
    .action(approvals)
  withSessionsDir(command)
}

async function approvals(
  name: string,
  options: SessionOptions & { json?: boolean },
): Promise<void> {
  const session = await readSession(sessionNamed(name, options).folder)
  const asked = approvalsOf(session)
  noteDamage(session)
  if (options.json) {
    await write(`${jsonText(asked.map(approvalJson), 2)}\n`)
    return
  }
  if (asked.length === 0) {
    note('no approval was asked for in this session.')
    return
  }
  const lines = tableLines(APPROVAL_COLUMNS, approvalRows(asked), outputWidth())
  for (const line of [...lines, '', ...approvalTotalLines(asked)]) await write(`${line}\n`)
}
