import type { Tool } from '../../parts/tool.js'
import type { Cause } from '../cause.js'
import { endOfTime } from '../in-flight.js'
import type { SessionCase } from '../session-case.js'
import { countWords, quoted, shortText, timeWords } from '../words.js'
import { sandboxDenials, toolsDenied } from './denials.js'
import { failingTools } from './failing-tools.js'
import { hungTools } from './hung-tools.js'
import { loops } from './loop.js'
import { toolResults } from './tool-results.js'
import { wrongCalls } from './wrong-calls.js'

/** What went wrong with the work: with tools, questions and sub-agents. */
export function workCauses(session: SessionCase): Cause[] {
  const results = toolResults(session)
  return [
    ...hungTools(session, results),
    ...loops(session, results),
    ...wrongCalls(session, results),
    ...sandboxDenials(session, results),
    ...toolsDenied(session, results),
    ...failingTools(session, results),
    ...waitingDominates(session),
    ...subAgentsFailed(session),
  ]
}

/** The share of the time, and the least of it, that waiting for people takes where it is what took long. */
const WAIT_SHARE = 0.5
const WAIT_MS = 10_000

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

function subAgentsFailed(session: SessionCase): Cause[] {
  const { threads } = session.parts
  return threads
    .filter(({ kind }) => kind === 'sub-agent')
    .flatMap((thread): Cause[] => {
      const calls = session.calls.filter(
        ({ threadId, asksModel }) => threadId === thread.id && asksModel,
      )
      const last = calls.at(-1)
      const turn = thread.turns.at(-1)
      const isFailed =
        turn?.outcome === 'failed' || last?.outcome === 'failed' || last?.outcome === 'truncated'
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

/** What a tool was to do. */
export function whatOf({ command, path, query, files = [], name }: Tool): string {
  return command ?? path ?? query ?? (files.length > 0 ? files.join(', ') : name)
}
