import type { SessionEnd } from '../cause.js'
import { inFlightOf } from '../in-flight.js'
import type { SessionCase } from '../session-case.js'
import { shortText, timeWords } from '../words.js'

/**
 * After this long a silence in the middle of a request, there is little hope that the API answers.
 */
const SILENT_API_MS = 30_000
/** A tool may take long, but most that take longer than this have a problem. */
const SILENT_TOOL_MS = 300_000
/**
 * An agent needs hardly any time between the end of one request or tool and the start of the next.
 */
const IDLE_AGENT_MS = 60_000

/** Returns the state of a session that is still running. */
export function goingOn(session: SessionCase): SessionEnd {
  const { now, lastSeenAt, parts } = session
  const last = session.runs.at(-1)
  const at = last?.started
  const inFlight = inFlightOf(session)
  const silentMs = lastSeenAt === undefined ? 0 : (now - lastSeenAt) / 1000
  const asked = parts.approvals.find(({ open }) => open === 'running')
  if (asked !== undefined) {
    const waited = timeWords((now - asked.askedAt) / 1000)
    return {
      code: 'running-waiting-for-user',
      certainty: 'certain',
      clues: [{ at: { spanId: asked.spanId }, text: `asked ${waited} ago, not answered` }],
      sentence: `It is running, and has waited ${waited} for an answer to: ${shortText(asked.what ?? asked.kind, 100)}.`,
    }
  }
  const call = inFlight.find(({ kind }) => kind === 'exchange')
  const tool = inFlight.find(({ kind }) => kind === 'tool')
  const turn = inFlight.find(({ kind }) => kind === 'turn')
  if (call !== undefined && silentMs >= SILENT_API_MS) {
    const place = session.calls.find(({ number }) => number === call.number)?.places
    return {
      code: 'running-stalled',
      certainty: 'likely',
      clues: [
        { at: place?.lastChunk ?? place?.response ?? place?.exchange, text: 'the last sign of it' },
      ],
      sentence: `It is running and stalled: exchange ${call.number} has had no byte for ${timeWords(silentMs)}.`,
    }
  }
  if (tool !== undefined && call === undefined && tool.forMs >= SILENT_TOOL_MS) {
    return {
      code: 'running-stalled',
      certainty: 'possible',
      clues: [{ at: { spanId: tool.spanId }, text: 'started, not ended' }],
      sentence: `It is running, and has waited ${timeWords(tool.forMs)} for ${shortText(tool.what, 100)}.`,
    }
  }
  if (call === undefined && tool === undefined) {
    if (turn === undefined && isInteractive(last?.command) && parts.turns.length > 0) {
      return {
        code: 'running-waiting-for-user',
        certainty: 'likely',
        clues: [
          { at: { spanId: parts.turns.at(-1)?.spanId ?? '' }, text: 'the last turn has ended' },
        ],
        sentence: `It is running, and has waited ${timeWords(silentMs)} for its user to say more.`,
      }
    }
    if (turn !== undefined && silentMs >= IDLE_AGENT_MS) {
      return {
        code: 'running-stalled',
        certainty: 'possible',
        clues: [{ at: { spanId: turn.spanId }, text: 'the turn has not ended' }],
        sentence: `It is running, and has shown no activity for ${timeWords(silentMs)} in the middle of a turn.`,
      }
    }
  }
  const doing = call ?? tool
  return {
    code: 'running',
    certainty: 'certain',
    clues: at === undefined ? [] : [{ at, text: 'started, and its recorder is alive' }],
    sentence:
      doing === undefined
        ? 'It is running.'
        : `It is running: ${doing.kind} ${doing.number ?? shortText(doing.what, 80)} has taken ${timeWords(doing.forMs)} so far.`,
  }
}

function isInteractive(command: string | undefined): boolean {
  return command !== undefined && command !== 'exec'
}
