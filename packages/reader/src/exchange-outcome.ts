import type { SpanFacts } from '@tacho/format'
import {
  finishOf,
  OUTCOMES,
  type Outcome,
  type RecordedExchange,
  type SessionExchangeError,
} from '@tacho/model'
import { chatFacts } from './chat-facts.js'
import { known } from './known.js'
import type { Span } from './read-spans.js'

/** The facts of an exchange that show its outcome without its span. */
export type Ended = Pick<RecordedExchange, 'state' | 'status' | 'error'>

/**
 * Returns how a request was answered, whatever happened to its connection; what is unknown is
 * absent.
 */
export function exchangeOutcome(
  exchange: Ended,
  span: Span | undefined,
): { outcome?: Outcome; error?: SessionExchangeError } {
  const told = chatFacts(span)
  const outcome = OUTCOMES.find((one) => one === told.outcome) ?? concludedFrom(exchange, told)
  const error = errorOf(exchange, told, span?.statusMessage, outcome)
  return known({ outcome, error })
}

type Told = Readonly<SpanFacts<'chat'>>

// Sessions of Tacho 0.1.0 do not record it, and exchanges that ask no model have none of their own.
function concludedFrom(
  { state, status }: Ended,
  { errorType, finishReasons = [] }: Told,
): Outcome | undefined {
  if (state === 'in-flight') return undefined
  if (state !== 'completed') return state
  if (errorType !== undefined || isRefused(status)) return 'failed'
  return finishOf(finishReasons)
}

function errorOf(
  { error: broken, status }: Ended,
  { errorType: type, errorCode: code }: Told,
  message: string | undefined,
  outcome: Outcome | undefined,
): SessionExchangeError | undefined {
  if (broken !== undefined && (type === undefined || type === broken.code)) {
    return { ...broken, type: broken.code }
  }
  if (type === undefined) {
    return outcome === 'failed' && isRefused(status) ? { type: String(status) } : undefined
  }
  return { type, ...known({ code, message }) }
}

function isRefused(status: number | undefined): boolean {
  return status !== undefined && status >= 400
}
