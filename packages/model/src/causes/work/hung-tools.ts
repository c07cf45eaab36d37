import { both } from '../both.js'
import type { Cause } from '../cause.js'
import { endOfTime, isLeft, openCalls } from '../in-flight.js'
import type { SessionCase } from '../session-case.js'
import { questionAhead } from '../waiting.js'
import { quoted, shortText, timeWords } from '../words.js'
import { isReader, scriptOf } from './readers.js'
import { calledWords, ownWords, saidBy, type ToolResult } from './tool-results.js'
import { exitCodeIn } from './went-wrong.js'
import { whatOf } from './work-causes.js'

/** A command that has run this long when everything is stopped is what everything waited for. */
const HUNG_MS = 10_000
/** Unless something is stopped, it may just take long. */
const LONG_MS = 300_000

/** Returns tools that did not return. */
export function hungTools(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  return [
    ...leftOpen(session),
    ...called(session),
    ...timedOut(session, results),
    ...polled(session, results),
  ].slice(0, 1)
}

function leftOpen(session: SessionCase): Cause[] {
  const until = endOfTime(session)
  return session.parts.tools.flatMap((tool): Cause[] => {
    if (!isLeft(tool, session) && tool.outcome !== 'cancelled') return []
    const asked = session.parts.approvals.some(
      ({ callId, open, outcome }) =>
        callId !== undefined &&
        callId === tool.callId &&
        (open !== undefined || outcome === 'unanswered' || outcome === 'cancelled'),
    )
    const forMs = ((tool.endedAt ?? until) - tool.startedAt) / 1000
    const isRunning = tool.open === 'running'
    if (asked || forMs < (isRunning ? LONG_MS : HUNG_MS)) return []
    const what = quoted(whatOf(tool), 100)
    return [
      {
        code: 'tool-hung',
        certainty: forMs >= 2 * HUNG_MS ? 'likely' : 'possible',
        tool: tool.spanId,
        clues: [
          {
            at: { spanId: tool.spanId },
            text: `${what}: started, no end after ${timeWords(forMs)}`,
          },
        ],
        sentence: `${what} did not return: it had run for ${timeWords(forMs)} when ${isRunning ? 'this was looked at' : 'it was stopped'}.`,
        next: NEXT,
        weight: 'end',
      },
    ]
  })
}

const NEXT =
  'Run it by hand and see what it waits for: input, a lock, the network. Give it a time limit.'

function called(session: SessionCase): Cause[] {
  const isRunning = session.ended === 'running'
  return openCalls(session).flatMap((call): Cause[] => {
    const forMs = (endOfTime(session) - call.startedAt) / 1000
    const asked = questionAhead(call, session) !== undefined
    if (asked || forMs < (isRunning ? LONG_MS : HUNG_MS)) return []
    const what = quoted(call.command ?? call.name, 100)
    return [
      {
        code: 'tool-hung',
        certainty: forMs >= 2 * HUNG_MS ? 'likely' : 'possible',
        exchange: call.exchange,
        clues: [
          {
            at: call.place,
            text: `exchange ${call.exchange} calls it; nothing after that for ${timeWords(forMs)}`,
          },
        ],
        sentence: `${what} did not return: it had run for ${timeWords(forMs)} when ${isRunning ? 'this was looked at' : 'it was stopped'}.`,
        next: NEXT,
        weight: 'end',
      },
    ]
  })
}

// timeout(1) ends with 124; the rest is what agents say about a command that they stopped, in
// several languages.
const TIMED_OUT = new RegExp(
  [
    String.raw`\b(?:command |execution |tool )?timed out(?: after)?\b|\btimeout (?:after|exceeded|expired)\b|exceed(?:ed|ing) (?:the )?time(?:out| limit)`,
    String.raw`\btime(?:d )?-?out:|\bspawn\w* .{0,80}ETIMEDOUT\b|\btimeout(?:expired|error)\b|deadline exceeded|did not (?:complete|finish|return|respond) (?:with)?in\b|\bno (?:response|answer|output)\b.{0,60}\b(?:within|after) \d|\b(?:killed|stopped|terminated|aborted|cancelled) after \d`,
    'zeitüberschreitung|délai .{0,20}(?:dépassé|expiré)|tiempo de espera|超时|超時|タイムアウト|시간 초과',
  ].join('|'),
  'i',
)

const SAYS_SO =
  /^\W{0,3}(?:the )?(?:last |previous )?(?:command|tool|process|operation|execution|request)\b[^.;,\n]{0,60}\b(?:timed out|exceed(?:ed|ing) (?:the |its )?time(?:out| limit))\b/i
const TOOK_LONG = both(
  String.raw`\btime-?out\b|time limit|(?:took|ran) (?:too long|(?:more|longer) than)|exceeded \d+ ?(?:m?s|seconds|minutes)\b|execution time`,
  'abort|cancel|kill|terminat|stopp|halt|exceed|no output|reached|background',
)

// How long nothing came, and that it did not come.
const NOT_BACK =
  /\b(?:still running|(?:has |did |does )?not (?:yet )?(?:return|finish|complete|respond|exit|end)(?:ed)?|no (?:new |further )?output|gave up waiting|no result)\b.{0,60}\b(?:after|for|in|within) \d+(?:\.\d+)? ?(?:ms|s|m|sec|min|seconds?|minutes?)\b/i

// What follows is about something else: `3 tests passed; none timed out`.
function ownClause(result: ToolResult): string {
  const said = ownWords(result)
  return result.isFailed === true ? said : (/^(?:[^.;,]|\.(?=\S))*/.exec(said)?.[0] ?? '')
}

// opencode appends this to what the command printed.
const STOPPED = /<(?:bash|shell)_metadata>[^<]{0,200}\btimeout\b/

// Claude Code counts it as completed: the command goes on, and keeps `claude -p` from ending.
const MOVED =
  /^(?:the )?command (?:did not (?:complete|finish) within|exceeded) .{1,40}\b(?:moved|continues|running) (?:to|in) the background\b/i

// The agent's own words are the last line, whatever the command read.
function isMoved({ output }: ToolResult): boolean {
  return MOVED.test(output.slice(output.lastIndexOf('\n') + 1))
}

function timedOut(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  const hung = results.filter((result) => {
    const { isFailed, output, tool } = result
    return (
      (isFailed === true &&
        ((tool?.exitCode ?? exitCodeIn(output)) === 124 || TIMED_OUT.test(output.slice(0, 400)))) ||
      (isFailed !== false && STOPPED.test(output)) ||
      isMoved(result) ||
      (isFailed === undefined && !isReader(result) && SAYS_SO.test(output)) ||
      TIMED_OUT.test(ownClause(result)) ||
      TOOK_LONG.test(ownClause(result)) ||
      NOT_BACK.test(ownClause(result))
    )
  })
  const last = hung.at(-1)
  if (last === undefined) return []
  const what = quoted(calledWords(last), 80)
  // The same command, in the background or with less to do, later worked.
  const isMended = results.slice(results.indexOf(last) + 1).some(
    (later) =>
      later.isFailed !== true &&
      // A server that goes on in the background is meant to, if the work goes on beside it.
      (isOwnLimit(last) || isMoved(last) || isOfSameCommand(later, last)),
  )
  return [
    {
      code: 'tool-hung',
      certainty: 'certain',
      exchange: last.exchange,
      ...(last.tool !== undefined && { tool: last.tool.spanId }),
      clues: [
        {
          at: last.place,
          text: `exchange ${last.exchange} says: ${saidOf(last)}`,
        },
      ],
      sentence: isMoved(last)
        ? `${what} did not return within its time limit, and went on in the background.`
        : `${what} did not return within its time limit and was stopped.`,
      next: `${NEXT.slice(0, NEXT.lastIndexOf(' Give'))} See also tacho show ${session.id}.`,
      weight: isMended ? 'note' : 'trouble',
    },
  ]
}

// timeout(1), with which a model lets a server run for a while and then continues.
function isOwnLimit(result: ToolResult): boolean {
  return /^timeout\s/.test(scriptOf(calledWords(result)))
}

function isOfSameCommand(later: ToolResult, one: ToolResult): boolean {
  return later.name === one.name && calledWords(later).startsWith(calledWords(one))
}

// For a command that was stopped silently, there is only its exit code.
function saidOf({ output, tool }: ToolResult): string {
  const said = shortText(saidBy({ output }))
  return said === '' ? `exit code ${tool?.exitCode ?? exitCodeIn(output)}` : said
}

// Codex returns a long-running command as a session, whose output the model then polls.
const STILL_RUNS = /^Process running with session ID (\S+)/im
const POLLS = 2

function polled(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  const open = new Map<string, { first: ToolResult; last: ToolResult; polls: number }>()
  for (const result of results) {
    const id = STILL_RUNS.exec(result.output.slice(0, 400))?.[1]
    const asked = /"session_id"\s*:\s*"?([\w-]+)/.exec(result.arguments)?.[1]
    if (id === undefined) {
      if (asked !== undefined) open.delete(asked)
      continue
    }
    const known = open.get(id)
    const isSilent = saidBy(result).trim() === ''
    if (known === undefined || !isSilent)
      open.set(id, { first: known?.first ?? result, last: result, polls: 0 })
    else open.set(id, { first: known.first, last: result, polls: known.polls + 1 })
  }
  const hung = [...open.values()].find(({ polls }) => polls >= POLLS)
  if (hung === undefined) return []
  const { first, last, polls } = hung
  const what = quoted(calledWords(first), 80)
  return [
    {
      code: 'tool-hung',
      certainty: 'likely',
      exchange: last.exchange,
      ...(first.tool !== undefined && { tool: first.tool.spanId }),
      clues: [
        { at: first.place, text: `exchange ${first.exchange}: still running` },
        {
          at: last.place,
          text: `exchange ${last.exchange}: still running, without a word, when asked for the ${polls + 1}th time`,
        },
      ],
      sentence: `${what} did not return: the model asked ${polls + 1} times, and it was still running without a word.`,
      next: `${NEXT} See also tacho show ${session.id}.`,
      weight: 'trouble',
    },
  ]
}
