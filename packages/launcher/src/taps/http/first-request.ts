import type { Seen } from './http-event.js'

/** How many bytes may wait for a recording. */
const WAITING_BYTES = 1024 * 1024

/**
 * Looks for the first request of a connection that carries something: a body, or messages after an
 * upgrade. Agents begin with others, such as one for the list of models, while they still start.
 */
export class FirstRequest {
  readonly #sent = new Set<number>()
  readonly #withBody = new Set<number>()
  readonly #ended = new Set<number>()
  #bytes = 0

  /** Whether such a request is on its way, or has failed, or too much else has been seen. */
  hasPassed(seen: Seen): boolean {
    if (seen.kind === 'request-sent') this.#sent.add(seen.request)
    else if (seen.kind === 'request-body') this.#withBody.add(seen.request)
    else if (seen.kind === 'request-end') this.#ended.add(seen.request)
    else if (seen.kind === 'unreachable') return true
    else if (seen.kind === 'opaque' && seen.side === 'agent') return true
    if ('bytes' in seen) this.#bytes += seen.bytes.length
    if ('parts' in seen) for (const part of seen.parts) this.#bytes += part.length
    if (this.#bytes > WAITING_BYTES) return true
    if (!('request' in seen) || !this.#withBody.has(seen.request)) return false
    const { request } = seen
    return seen.kind === 'response-head' || (this.#ended.has(request) && this.#sent.has(request))
  }
}
