import type { EndRecord } from '@tacho/format'
import { type ExchangeError, finishOf, OUTCOMES, type Outcome } from '@tacho/model'
import type { Exchange } from './read-exchanges.js'
import { type Span, textAttribute, textsAttribute } from './read-spans.js'

/** Why an exchange did not go well: `side` where its connection broke. */
export type SessionExchangeError = ExchangeError & Partial<Pick<Broken, 'side'>>

type Broken = NonNullable<EndRecord['error']>

/** How a request was answered, whatever became of its connection; what nobody told is not there. */
export function exchangeOutcome(
  exchange: Exchange,
  span: Span | undefined,
): { outcome?: Outcome; error?: SessionExchangeError } {
  const outcome = toldBy(span) ?? concludedFrom(exchange, span)
  const error = errorOf(exchange, span, outcome)
  return { ...(outcome !== undefined && { outcome }), ...(error !== undefined && { error }) }
}

function toldBy(span: Span | undefined): Outcome | undefined {
  const word = textAttribute(span, 'tacho.exchange.outcome')
  return OUTCOMES.find((outcome) => outcome === word)
}

// Sessions of Tacho 0.1.0 do not tell it, and what is no request to a model has none of its own.
function concludedFrom({ state, status }: Exchange, span: Span | undefined): Outcome | undefined {
  if (state === 'in-flight') return undefined
  if (state !== 'completed') return state
  if (textAttribute(span, 'error.type') !== undefined || isRefused(status)) return 'failed'
  return finishOf(textsAttribute(span, 'gen_ai.response.finish_reasons') ?? [])
}

function errorOf(
  { error: broken, status }: Exchange,
  span: Span | undefined,
  outcome: Outcome | undefined,
): SessionExchangeError | undefined {
  const type = textAttribute(span, 'error.type')
  if (broken !== undefined && (type === undefined || type === broken.code)) {
    return { ...broken, type: broken.code }
  }
  if (type === undefined) {
    return outcome === 'failed' && isRefused(status) ? { type: String(status) } : undefined
  }
  const code = textAttribute(span, 'tacho.error.code')
  return {
    type,
    ...(code !== undefined && { code }),
    ...(span?.statusMessage !== undefined && { message: span.statusMessage }),
  }
}

function isRefused(status: number | undefined): boolean {
  return status !== undefined && status >= 400
}
