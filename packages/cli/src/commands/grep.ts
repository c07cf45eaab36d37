import {
  couldMatch,
  type FoundSession,
  type PatternOptions,
  ReaderError,
  SEARCHED,
  type Searched,
  type SearchHit,
  type SearchPattern,
  searchPattern,
} from '@tacho/reader'
import { type Command, InvalidArgumentError } from 'commander'
import { sinceOf } from '../age.js'
import { EXIT } from '../command-error.js'
import { hitLine } from '../grep/line.js'
import { jsonText } from '../json-text.js'
import { note } from '../output.js'
import { writeLines } from '../pager.js'
import { progressBar } from '../progress-bar.js'
import {
  allSessions,
  noSessions,
  SESSION_ARGUMENT,
  type SessionOptions,
  withSessionsDir,
} from '../session-options.js'
import { shortIds } from '../short-ids.js'

type GrepOptions = SessionOptions & {
  in?: ReadonlySet<Searched>
  since?: number
  fixedStrings?: boolean
  ignoreCase?: boolean
  json?: boolean
}

/** Adds `tacho grep`: where a text was ever sent or received. */
export function addGrepCommand(tacho: Command): void {
  const command = tacho
    .command('grep')
    .description('search everything that was sent and received, in all sessions')
    .argument('<pattern>', 'a regular expression, or text with -F')
    .argument('[session...]', `${SESSION_ARGUMENT[1]} (default: all sessions)`)
    .option(
      '--in <places>',
      `where to search: any of ${SEARCHED.join(',')} (default: all)`,
      placesOf,
    )
    .option(
      '--since <when>',
      'sessions active since: an age (7d, 12h, 2w) or a time (ISO 8601)',
      sinceOf,
    )
    .option('-F, --fixed-strings', 'treat the pattern as plain text')
    .option('-i, --ignore-case', 'ignore upper and lower case')
    .option('--json', 'print one JSON object per line')
    .action(grep)
  withSessionsDir(command)
}

function placesOf(text: string): ReadonlySet<Searched> {
  const words = text.split(',')
  const places = words.map((word) => SEARCHED.find((place) => place === word))
  if (places.some((place) => place === undefined)) {
    throw new InvalidArgumentError(`It is some of ${SEARCHED.join(', ')}, with commas between.`)
  }
  return new Set(places as Searched[])
}

async function grep(text: string, names: string[], options: GrepOptions): Promise<void> {
  const { fixedStrings: isLiteral, ignoreCase: ignoresCase, since } = options
  const given: PatternOptions = { isLiteral: isLiteral ?? false, ignoresCase: ignoresCase ?? false }
  const pattern = searchPattern(text, given)
  const isAll = names.length === 0 && since === undefined
  const sessions = isAll ? allSessions(options) : await chosen(names, options)
  if (sessions.length === 0 && isAll) throw noSessions(options)
  const { found, isPartial } = await searchAll(sessions, pattern, options)
  if (isPartial) {
    note('more may match: part of what was recorded is more than is searched at once.')
    process.exitCode = EXIT.incomplete
  }
  if (found > 0 || isPartial) return
  note(`nothing matches in ${sessions.length === 1 ? '1 session' : `${sessions.length} sessions`}.`)
  process.exitCode ||= EXIT.failure
}

// What tells when a session ran is loaded when it is asked for, as is what reads its texts: without
// both, `tacho grep` is one small file.
async function chosen(names: readonly string[], options: GrepOptions): Promise<FoundSession[]> {
  const { chosenSessions } = await import('../chosen-sessions.js')
  return chosenSessions(names, options)
}

async function searchAll(
  sessions: readonly FoundSession[],
  pattern: SearchPattern,
  { in: within = new Set(SEARCHED), json = false }: GrepOptions,
): Promise<{ found: number; isPartial: boolean }> {
  const ids = shortIds(sessions.map(({ id }) => id))
  const progress = progressBar('searching', sessions.length)
  let found = 0
  let isPartial = false
  const passed = () => {
    isPartial = true
  }
  const hitsIn = async (folder: string): Promise<Iterable<SearchHit>> => {
    if (!couldMatch(folder, pattern, within)) return []
    const { searchSession } = await import('../grep/search-session.js')
    return searchSession(folder, pattern, within, passed)
  }
  async function* lines(): AsyncGenerator<string> {
    for (const { id, folder } of sessions) {
      try {
        for (const hit of await hitsIn(folder)) {
          found += 1
          progress.clear()
          yield json ? jsonText(hitJson(hit)) : hitLine(hit, ids.get(id) ?? id)
        }
      } catch (error) {
        // One unreadable session must not hide the others.
        if (sessions.length === 1 || !(error instanceof ReaderError)) throw error
        progress.clear()
        note(error.message)
        process.exitCode = EXIT.incomplete
      }
      progress.add(1)
    }
    progress.clear()
  }
  await writeLines(lines(), { onPaged: progress.stop, isPrompt: true })
  return { found, isPartial }
}

function hitJson(hit: SearchHit): object {
  const { exchange, message, role, ...rest } = hit
  return { ...rest, exchange: exchange ?? null, message: message ?? null, role: role ?? null }
}
