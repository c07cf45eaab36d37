import { approvalsOf, type Session } from '@tacho/reader'
import type { Command } from 'commander'
import { approvalJson } from '../approvals/json.js'
import {
  APPROVAL_COLUMNS,
  type AskedIn,
  approvalRows,
  approvalTotalLines,
  MANY_COLUMNS,
  manyRows,
} from '../approvals/table.js'
import {
  chosenSessions,
  type ManySessionsOptions,
  namesOrLast,
  withManySessions,
} from '../chosen-sessions.js'
import { jsonText } from '../json-text.js'
import { note, outputWidth, write } from '../output.js'
import { writeLines } from '../pager.js'
import { readEach } from '../read-each.js'
import { withSessionsDir } from '../session-options.js'
import { tableLines } from '../table.js'

/** Adds `tacho approvals`: what was asked, who answered, and how long it took. */
export function addApprovalsCommand(tacho: Command): void {
  const command = withManySessions(
    tacho
      .command('approvals')
      .description('list what was asked before an action, who answered, and how long it waited'),
  )
    .option('--json', 'print an array of objects')
    .action(approvals)
  withSessionsDir(command)
}

async function approvals(
  given: string[],
  options: ManySessionsOptions & { json?: boolean },
): Promise<void> {
  const names = namesOrLast(given, options)
  const asked = await askedIn(names, options)
  if (options.json) {
    const all = asked.map(({ approval, session, agent }) => ({
      ...approvalJson(approval),
      session,
      agent: agent?.name ?? null,
    }))
    await write(`${jsonText(all, 2)}\n`)
    return
  }
  const isOne = names.length === 1
  if (asked.length === 0) {
    note(`no approval was asked for in ${isOne ? 'this session' : 'these sessions'}.`)
    return
  }
  const lines = isOne
    ? tableLines(
        APPROVAL_COLUMNS,
        approvalRows(asked.map(({ approval }) => approval)),
        outputWidth(),
      )
    : tableLines(MANY_COLUMNS, manyRows(asked), outputWidth())
  const totals = approvalTotalLines(asked.map(({ approval }) => approval))
  await writeLines([...lines, '', ...totals])
}

/** In the order in which they were asked, across all sessions. */
async function askedIn(names: readonly string[], options: ManySessionsOptions): Promise<AskedIn[]> {
  const asked: AskedIn[] = []
  await readEach(chosenSessions(names, options), (session) => asked.push(...approvalsIn(session)))
  return asked.sort((one, other) => one.approval.askedAt - other.approval.askedAt)
}

function approvalsIn(session: Session): AskedIn[] {
  const { id, agent } = session
  return approvalsOf(session).map((approval) => ({ approval, session: id, agent }))
}
