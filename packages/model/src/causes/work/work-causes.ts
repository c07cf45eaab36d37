import type { Tool } from '../../parts/tool.js'
import type { Cause } from '../cause.js'
import { endOfTime } from '../in-flight.js'
import type { SessionCase } from '../session-case.js'
import { countWords, quoted, shortText, timeWords } from '../words.js'
import { isToldDenied, sandboxDenials, toolsDenied } from './denials.js'
import { failingTools } from './failing-tools.js'
import { hungTools } from './hung-tools.js'
import { loops } from './loop.js'
import { type ToolResult, toolResults } from './tool-results.js'
import { isWrongCall, wrongCalls } from './wrong-calls.js'

/** Returns what went wrong with the work: with tools, questions and sub-agents. */
export function workCauses(session: SessionCase): Cause[] {
  const results = toolResults(session)
  const repeated = loops(session, results)
  return [
    ...hungTools(session, results),
    ...repeated,
    ...wrongCalls(session, results),
    ...sandboxDenials(session, results),
    ...toolsDenied(session, results),
    ...failingTools(session, results, repeated.length > 0),
    ...waitingDominates(session),
    ...subAgentsFailed(session, results),
  ]
}

/**
 * Waiting for people is what took long if it takes this share of the time, and at least this much
 * of it: whoever reads a question before answering it takes some seconds.
 */
const WAIT_SHARE = 0.5
const WAIT_MS = 30_000

function waitingDominates(session: SessionCase): Cause[] {
  const { parts, runs } = session
  const answered = parts.approvals.filter(
    ({ waitMs, open, decidedBy }) =>
      waitMs !== undefined && open === undefined && decidedBy !== 'rule',
  )
  const waitedMs = answered.reduce((sum, { waitMs = 0 }) => sum + waitMs, 0)
  const first = runs[0]?.startedAt
  if (first === undefined || answered.length === 0) return []
  const tookMs = (endOfTime(session) - first) / 1000
  if (waitedMs < WAIT_MS || waitedMs < WAIT_SHARE * tookMs) return []
  const longest = answered.reduce((one, other) =>
    (other.waitMs ?? 0) > (one.waitMs ?? 0) ? other : one,
  )
  return [
    {
      code: 'waiting-dominates',
      certainty: 'certain',
      approval: longest.spanId,
      clues: [{ at: { spanId: longest.spanId }, text: `waited ${timeWords(longest.waitMs ?? 0)}` }],
      sentence: `${timeWords(waitedMs)} of ${timeWords(tookMs)} went by waiting for answers to ${countWords(answered.length, 'question')}, ${timeWords(longest.waitMs ?? 0)} for ${quoted(longest.what ?? longest.kind)}.`,
      next: `See all of them: tacho approvals ${session.id}. A rule for what is always allowed saves the waiting.`,
      weight: 'trouble',
    },
  ]
}

function subAgentsFailed(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  const seen = subAgentThreadsFailed(session)
  return seen.length > 0 ? seen : subAgentCallsFailed(session, results)
}

function subAgentThreadsFailed(session: SessionCase): Cause[] {
  const { threads } = session.parts
  return threads
    .filter(({ kind }) => kind === 'sub-agent')
    .flatMap((thread): Cause[] => {
      const calls = session.calls.filter(
        ({ threadId, asksModel }) => threadId === thread.id && asksModel,
      )
      const last = calls.at(-1)
      const turn = thread.turns.at(-1)
      const isFailed = turn?.outcome === 'failed' || NOT_WELL.has(last?.outcome ?? '')
      if (!isFailed) return []
      return [
        {
          code: 'subagent-failed',
          certainty: 'certain',
          ...(last !== undefined && { exchange: last.number }),
          clues: [
            {
              at: last?.places.end ?? { spanId: turn?.spanId ?? '' },
              text: `its last request: ${last?.error?.type ?? last?.outcome ?? 'failed'}`,
            },
          ],
          sentence: `Sub-agent ${thread.number} failed${last === undefined ? '' : ` at exchange ${last.number}`}: ${shortText(last?.error?.message ?? last?.error?.type ?? turn?.status ?? 'it did not end well')}.`,
          next: `See what it did: tacho show ${session.id}.`,
          weight: 'trouble',
        },
      ]
    })
}

const NOT_WELL: ReadonlySet<string> = new Set(['failed', 'truncated', 'incomplete', 'unreadable'])

/**
 * Tools by which agents start another agent: `Task` in Claude Code and opencode, `spawn_agent` in
 * Codex.
 */
const STARTERS =
  /^(?:task|agent|(?:dispatch|spawn|run|call|invoke)_?agent|delegate\w*|\w*sub_?agent\w*)$/i

// A sub-agent recorded elsewhere, or not at all, still tells its parent how it ended.
function subAgentCallsFailed(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  const asked = results.filter(({ name }) => STARTERS.test(name))
  const last = asked.at(-1)
  if (last?.isFailed !== true || isToldDenied(last) || isWrongCall(last)) return []
  return [
    {
      code: 'subagent-failed',
      certainty: 'certain',
      exchange: last.exchange,
      clues: [
        { at: last.place, text: `exchange ${last.exchange} says: ${shortText(last.output)}` },
      ],
      sentence: `The sub-agent that ${shortText(last.name, 40)} started failed: ${shortText(last.output)}`,
      next: `See what it was told to do: tacho raw ${session.id} ${last.exchange} --request.`,
      weight: 'trouble',
    },
  ]
}

/** Returns what a tool was to do. */
export function whatOf({ command, path, query, files = [], name }: Tool): string {
  return command ?? path ?? query ?? (files.length > 0 ? files.join(', ') : name)
}
