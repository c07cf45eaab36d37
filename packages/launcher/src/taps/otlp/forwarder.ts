import type { Headers } from '@tacho/format'
import { dispatcherOf, requestTo } from '../../network/dispatcher.js'
import type { Network } from '../../network/network.js'
import { FORWARD_BYTES, FORWARD_MILLISECONDS, LAST_FORWARD_MILLISECONDS } from './limits.js'

/** An export as it was received. */
export type Export = { headers: Headers; body: Buffer }

export type ForwarderOptions = {
  /** The user's own endpoint, with its whole path. */
  endpoint: URL
  /** The agent's network: its exporter uses the same proxies and certificates as its requests. */
  network: Network
  /** Per export, in milliseconds; default {@link FORWARD_MILLISECONDS}. */
  timeout?: number
}

/** Exports that did not reach the user's endpoint, and why the first one did not. */
export type NotForwarded = { exports: number; bytes: number; reason: string }

/**
 * Forwards exports to the endpoint that they would have gone to without Tacho: byte for byte, in
 * order, one at a time. Nobody waits for it, and nothing is retried, as Codex's own exporter does
 * not either.
 */
export class Forwarder {
  readonly endpoint: URL
  readonly #timeout: number
  readonly #network: Network
  readonly #dispatcher
  readonly #closing = new AbortController()
  #waiting: Export[] = []
  #bytes = 0
  #sending: Promise<void> | undefined
  #lost: NotForwarded | undefined

  constructor(options: ForwarderOptions) {
    this.endpoint = options.endpoint
    this.#timeout = options.timeout ?? FORWARD_MILLISECONDS
    this.#network = options.network
    this.#dispatcher = dispatcherOf(options.network, { signal: this.#closing.signal })
  }

  send(one: Export): void {
    if (this.#bytes + one.body.length > FORWARD_BYTES) {
      this.#lose(one, `more than ${FORWARD_BYTES} bytes were waiting`)
      return
    }
    this.#bytes += one.body.length
    this.#waiting.push(one)
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
    })
  }

  /** Sends what is queued, as far as time allows, and returns what was not delivered. */
  async close(milliseconds: number = LAST_FORWARD_MILLISECONDS): Promise<NotForwarded | undefined> {
    const timer = setTimeout(() => this.#closing.abort(), milliseconds)
    await this.#sending
    clearTimeout(timer)
    this.#closing.abort()
    await this.#dispatcher.destroy()
    return this.#lost
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      try {
        await this.#post(next)
      } catch (cause) {
        this.#lose(next, this.#closing.signal.aborted ? 'the run was over' : String(cause))
      }
      this.#bytes -= next.body.length
    }
  }

  async #post({ headers, body }: Export): Promise<void> {
    const request = requestTo(this.#network, this.endpoint)
    const answer = await this.#dispatcher.request({
      ...request,
      method: 'POST',
      headers: [...headers.flat(), ...request.headers],
      body,
      signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#timeout)]),
    })
    await answer.body.dump()
    if (answer.statusCode >= 300) throw new Error(`it answered ${answer.statusCode}`)
  }

  #lose({ body }: Export, reason: string): void {
    this.#lost ??= { exports: 0, bytes: 0, reason }
    this.#lost.exports += 1
    this.#lost.bytes += body.length
  }
}
