import type { EndRecord } from '@tacho/format'
import type { AnswerFacts } from './answer-facts.js'

/**
 * How a model's answer ended, whatever happened to the connection.
 *
 * - `completed`: the model answered to the end.
 * - `incomplete`: the API ended the answer early, and says so (token limit, filter).
 * - `failed`: the API gave an error, or could not be reached.
 * - `truncated`: the answer stops before its last event, without an explanation.
 * - `cancelled`: the agent went away first.
 * - `unreadable`: it came, but could not be read.
 */
export const OUTCOMES = [
  'completed',
  'incomplete',
  'failed',
  'truncated',
  'cancelled',
  'unreadable',
] as const

export type Outcome = (typeof OUTCOMES)[number]

/** Why an answer did not complete. */
export type ExchangeError = {
  /** One word: the API's code or type of error, the system's code, or the status. */
  type: string
  /** The API's own code if it has one, else the system's. */
  code?: string
  message?: string
}

export type ModelOutcome = { outcome?: Outcome; error?: ExchangeError; status?: number }

/** What is known about an exchange when it has ended. */
export type EndedAnswer = {
  end: Pick<EndRecord, 'state' | 'error'>
  /** Of the response; absent if none came, and over a WebSocket. */
  status: number | undefined
  facts: AnswerFacts
  /** Whether everything that could say how the answer ended was read. */
  isReadable: boolean
}

/**
 * Returns how an exchange with a model ended. A redirect has no outcome, and that of an answer that
 * is too long to be read is not known.
 */
export function outcomeOf({ end, status, facts, isReadable }: EndedAnswer): ModelOutcome {
  const told = facts.error?.status
  const known = status === undefined && told !== undefined ? { status: told } : {}
  if (isErrorStatus(status) || facts.ended === 'failed') {
    return {
      outcome: 'failed',
      error: apiError(facts, isErrorStatus(status) ? status : told),
      ...known,
    }
  }
  if (facts.ended === 'incomplete') {
    return { outcome: 'incomplete', error: { type: facts.finishReasons?.[0] ?? 'incomplete' } }
  }
  if (facts.ended === 'completed') return { outcome: 'completed' }
  if (end.state === 'cancelled') return { outcome: 'cancelled' }
  if (end.state === 'failed') return { outcome: 'failed', error: systemError(end.error) }
  if (status !== undefined && status >= 300) return {}
  if (!isReadable && facts.isTooLong) return {}
  if (!isReadable) return { outcome: 'unreadable', error: { type: 'unreadable' } }
  return { outcome: 'truncated', error: { type: 'truncated', message: TRUNCATED } }
}

const TRUNCATED = 'the answer ended before its last event'

/** Returns whether the API refused the request, by HTTP status. */
export function isErrorStatus(status: number | undefined): boolean {
  return status !== undefined && status >= 400
}

function apiError({ error = {} }: AnswerFacts, status: number | undefined): ExchangeError {
  const { code, type, message } = error
  return {
    type: code ?? type ?? status?.toString() ?? 'error',
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
  }
}

function systemError(error: EndRecord['error']): ExchangeError {
  if (error === undefined) return { type: 'unknown' }
  const { code, message } = error
  return { type: code, code, message }
}
