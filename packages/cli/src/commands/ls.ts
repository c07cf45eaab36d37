import { findSessions, listSessions, type SessionSummary } from '@tacho/reader'
import { type Command, Option } from 'commander'
import { jsonText } from '../json-text.js'
import { LIST_COLUMNS, listRows } from '../list-rows.js'
import { note, outputWidth, write } from '../output.js'
import { type SessionOptions, skippedOfAll, withSessionsDir } from '../session-options.js'
import { tableLines } from '../table.js'

type LsOptions = SessionOptions & { json?: boolean; ids?: boolean }

/** `tacho ls`: the sessions, newest first. */
export function addLsCommand(tacho: Command): void {
  const command = tacho
    .command('ls')
    .description('list the sessions, newest first')
    .option('--json', 'print an array of objects')
    // For shell completion.
    .addOption(new Option('--ids', 'print ids and nothing else').hideHelp())
    .action(ls)
  withSessionsDir(command)
}

async function ls(options: LsOptions): Promise<void> {
  const { roots } = options
  if (options.ids) {
    for (const { id } of findSessions(roots, skippedOfAll())) await write(`${id}\n`)
    return
  }
  const sessions = listSessions(roots, skippedOfAll())
  if (options.json) {
    await write(`${jsonText(sessions.map(asJson), 2)}\n`)
    return
  }
  if (sessions.length === 0) {
    note(
      `no sessions in\n${roots.map((root) => `  ${root}`).join('\n')}\nRecord one with: tacho codex --persist-session`,
    )
    return
  }
  const rows = listRows(sessions, { isShort: process.stdout.isTTY === true })
  for (const line of tableLines(LIST_COLUMNS, rows, outputWidth())) await write(`${line}\n`)
}

// The names that docs/cli.md promises; what is not known is null.
function asJson(session: SessionSummary): object {
  const { exchanges, usage } = session
  return {
    id: session.id,
    folder: session.folder,
    agent: session.agent,
    agentVersion: session.agentVersion ?? null,
    startedAt: session.startedAt ?? null,
    lastStartedAt: session.lastStartedAt ?? null,
    endedAt: session.endedAt ?? null,
    durationMs: session.durationMs ?? null,
    ended: session.ended ?? null,
    exitCode: session.exitCode ?? null,
    signal: session.signal ?? null,
    cwd: session.cwd ?? null,
    exchanges: exchanges ?? null,
    usage,
    damage: session.damage,
    newerFormat: session.newerFormat ?? null,
  }
}
