import { type Span, SpanStatusCode } from '@opentelemetry/api'
import { encodeAttributes } from '@tacho/format'
import { hrTime } from '../../clock.js'
import { newSpanId } from '../../ids.js'
import type { Recording } from '../../recording.js'
import type { SpanParent } from '../../spans/tracing.js'
import type { Peer } from '../http/request-listener.js'
import type { Stop } from '../http/stop.js'
import type { RequestRecord } from './request-record.js'

/** Records a request as a span only: that it was made, and how it ended. */
export class SpannedRequest implements RequestRecord {
  readonly #now: () => number
  readonly #span: Span
  #isFailed = false

  constructor(recording: Recording, method: string, url: URL) {
    const { parent, query, href } = placeOf(recording, url)
    this.#now = () => recording.now()
    this.#span = recording.tracing.start({
      name: method,
      traceId: parent.traceId,
      spanId: newSpanId(),
      parentSpanId: parent.spanId,
      isClient: true,
      at: recording.now(),
      attributes: {
        ...parent.attributes,
        ...encodeAttributes('http', {
          method,
          url: href,
          path: url.pathname,
          query,
          scheme: url.protocol.slice(0, -1),
          serverAddress: url.hostname,
          serverPort: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
        }),
      },
    })
  }

  sent(): void {}

  peer({ address, port }: Peer): void {
    const peer = encodeAttributes('http', { peerAddress: address, peerPort: port })
    this.#span.setAttributes(peer)
  }

  requestBytes(): void {}

  requestEnd(): void {}

  responseHead(status: number): void {
    this.#span.setAttributes(encodeAttributes('http', { status }))
    if (status >= 400) this.#fail(String(status))
  }

  responseBytes(): void {}

  cut(): void {}

  completed(): void {
    this.#span.end(hrTime(this.#now()))
  }

  // A cancel by the caller is not an error of the request.
  stopped({ side, code, message }: Stop): void {
    if (side === 'upstream') this.#fail(code, message)
    this.#span.end(hrTime(this.#now()))
  }

  #fail(errorType: string, message?: string): void {
    if (this.#isFailed) return
    this.#isFailed = true
    this.#span.setAttributes(encodeAttributes('http', { errorType }))
    this.#span.setStatus({ code: SpanStatusCode.ERROR, ...(message && { message }) })
  }
}

function placeOf(
  { latest: session, scrubber }: Recording,
  { href, search }: URL,
): { parent: SpanParent; href: string; query: string | undefined } {
  const told = scrubber.url(href)
  const query = URL.canParse(told) ? new URL(told).search : search === '' ? '' : undefined
  const attributes = encodeAttributes('http', { sessionId: session.id, threadId: session.id })
  const parent = { traceId: session.traceId, spanId: session.spanOf(undefined), attributes }
  return { parent, href: told, query: query === '' ? undefined : query }
}
