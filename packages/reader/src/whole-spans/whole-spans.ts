import { basename } from 'node:path'
import {
  type Attributes,
  encodeAttributes,
  type OtlpSpan,
  otlpAttributes,
  SPAN_ATTRIBUTES,
  type StartedSpan,
  spanAbout,
  spanKindOf,
} from '@tacho/format'
import { derivedId } from '@tacho/model'
import { type ExchangeFacts, readFacts } from './read-facts.js'

/**
 * Completes the spans of a session with what only the raw log says. That is read when first needed;
 * if a span is already complete, as all of Tacho 0.1.0 are, nothing is added.
 */
export class WholeSpans {
  readonly #folder: string
  #facts: Map<string, ExchangeFacts> | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Completes a span that ended; returns before it the HTTP request of its exchange, if that has no
   * line.
   */
  ended(span: OtlpSpan): OtlpSpan[] {
    const facts = this.#factsOf(span)
    if (facts === undefined) return [span]
    const whole = { ...span, attributes: this.#attributes(span, facts) }
    const http = this.#http(span, facts)
    return http === undefined ? [whole] : [http, whole]
  }

  /** Completes a span that started and has not ended. */
  started(span: StartedSpan['started']): StartedSpan['started'] {
    const facts = this.#factsOf(span)
    return facts === undefined ? span : { ...span, attributes: this.#attributes(span, facts) }
  }

  #factsOf(span: StartedSpan['started']): ExchangeFacts | undefined {
    const { name, attributes = [] } = span
    if (spanKindOf({ name, attributes: {} }) !== 'chat') return undefined
    if (attributes.some(({ key }) => key === SPAN_ATTRIBUTES.chat.operation.name)) return undefined
    this.#facts ??= readFacts(this.#folder)
    return this.#facts.get(span.spanId)
  }

  #attributes({ name, attributes = [] }: StartedSpan['started'], facts: ExchangeFacts) {
    const own = new Set(attributes.map(({ key }) => key))
    const said = otlpAttributes({
      ...facts.chat,
      ...encodeAttributes('chat', { requestModel: spanAbout(name) || undefined }),
      ...this.#placeOf(facts),
    })
    return [...said.filter(({ key }) => !own.has(key)), ...attributes]
  }

  #http(span: OtlpSpan, facts: ExchangeFacts): OtlpSpan | undefined {
    const { http, run } = facts
    if (http === undefined) return undefined
    const message = http.error?.message
    return {
      traceId: span.traceId,
      spanId: derivedId(run, 'http', span.spanId),
      parentSpanId: span.spanId,
      name: http.name,
      kind: CLIENT,
      startTimeUnixNano: `${Math.round(http.startedAt)}000`,
      endTimeUnixNano: `${Math.round(http.endedAt)}000`,
      attributes: otlpAttributes({
        ...http.attributes,
        ...this.#placeOf(facts),
        ...encodeAttributes('http', { exchange: span.spanId }),
      }),
      status: {
        code: http.error === undefined ? 0 : 2,
        ...(message !== undefined && { message }),
      },
    }
  }

  #placeOf({ conversation: { threadId, turnId } }: ExchangeFacts): Attributes {
    const sessionId = basename(this.#folder)
    return encodeAttributes('session', { sessionId, threadId: threadId ?? sessionId, turnId })
  }
}

const CLIENT = 3
