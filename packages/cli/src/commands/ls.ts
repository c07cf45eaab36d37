import { resolve } from 'node:path'
import { findSessions, listSessions, type SessionQuery } from '@tacho/reader'
import { type Command, Option } from 'commander'
import { sinceOf } from '../age.js'
import { jsonText } from '../json-text.js'
import { summaryJson } from '../list-json.js'
import { LIST_COLUMNS, listRows } from '../list-rows.js'
import { note, outputWidth, write } from '../output.js'
import { writeLines } from '../pager.js'
import { countedBar } from '../progress-bar.js'
import { countOf, type SessionOptions, skippedOfAll, withSessionsDir } from '../session-options.js'
import { tableLines } from '../table.js'

type LsOptions = SessionOptions & {
  json?: boolean
  ids?: boolean
  lines?: number
  since?: number
  until?: number
  cwd?: string | true
  agent?: string
  failed?: boolean
  running?: boolean
}

/** Adds `tacho ls`: the sessions, newest first. */
export function addLsCommand(tacho: Command): void {
  const command = tacho
    .command('ls')
    .description('list the sessions, newest first')
    .argument('[word...]', 'show only sessions with these words in a prompt')
    .option('-n, --lines <n>', 'show at most this many', countOf)
    .option('--since <when>', 'active since: an age (7d, 12h) or a time', sinceOf)
    .option('--until <when>', 'started before: an age or a time', sinceOf)
    .option('--cwd [dir]', 'worked in this folder or below it (default: here)')
    .option('--agent <agent>', 'recorded from this agent')
    .option('--failed', 'ended badly')
    .option('--running', 'still running')
    .option('--json', 'print an array of objects')
    // For shell completion.
    .addOption(new Option('--ids', 'print ids and nothing else').hideHelp())
    .action(ls)
  withSessionsDir(command)
}

async function ls(words: string[], options: LsOptions): Promise<void> {
  const { roots } = options
  if (options.ids) {
    for (const { id } of findSessions(roots, skippedOfAll())) await write(`${id}\n`)
    return
  }
  const query = queryOf(words, options)
  const bar = countedBar('reading sessions')
  const listening = { onProgress: bar.show, onSkipped: skippedOfAll() }
  const sessions = listSessions(roots, query, listening, 'shown')
  bar.clear()
  if (options.json) {
    await write(`${jsonText(sessions.map(summaryJson), 2)}\n`)
    return
  }
  if (sessions.length === 0) {
    note(whyNone(roots, query))
    return
  }
  const rows = listRows(sessions, { isShort: process.stdout.isTTY === true })
  await writeLines(tableLines(LIST_COLUMNS, rows, outputWidth()))
}

function queryOf(words: readonly string[], options: LsOptions): SessionQuery {
  const { lines, since, until, cwd, agent, failed, running } = options
  return {
    ...(lines !== undefined && { count: lines }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(cwd !== undefined && { cwd: resolve(cwd === true ? '.' : cwd) }),
    ...(agent !== undefined && { agent }),
    ...(failed && { isFailed: true }),
    ...(running && { isRunning: true }),
    ...(words.length > 0 && { words }),
  }
}

function whyNone(roots: readonly string[], { count: _, ...filters }: SessionQuery): string {
  const looked = `in\n${roots.map((root) => `  ${root}`).join('\n')}`
  if (Object.keys(filters).length > 0) return `no session is like that ${looked}`
  return `no sessions ${looked}\nRecord one with: tacho codex --persist-session`
}
