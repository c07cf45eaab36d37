import type { Headers } from '@tacho/format'
import type { BegunRequest, Head, Peer, RequestListener } from '../http/request-listener.js'
import type { Stop } from '../http/stop.js'
import { FORM } from './frame.js'
import type { RequestTold, Side } from './from-host.js'
import type { Outbox } from './outbox.js'
import { unpatched } from './unpatched.js'

/** If a head is not sent within this time, it is reported without what the client adds. */
const UNSENT_MILLISECONDS = 50

/** Sends what passes of one request to the recorder process. */
export class ToldRequest implements RequestListener {
  readonly takesBodies: boolean
  readonly requestBytes: (bytes: Uint8Array) => void
  readonly responseBytes: (bytes: Uint8Array) => void
  readonly #outbox: Outbox
  readonly #number: number
  readonly #request: BegunRequest
  readonly #unsent: NodeJS.Timeout
  #hasHead = false
  /** Bytes not sent, because too much was waiting. */
  readonly #cut: Partial<Record<Side, number>> = {}

  constructor(outbox: Outbox, told: Extract<RequestTold, { kind: 'request' }>, of: BegunRequest) {
    this.#outbox = outbox
    this.#number = told.request
    this.#request = of
    this.takesBodies = told.isSelected
    this.requestBytes = this.#chunks('request')
    this.responseBytes = this.#chunks('response')
    outbox.tell(told)
    this.#unsent = unpatched.setTimeout(() => this.#head(), UNSENT_MILLISECONDS)
    this.#unsent.unref()
  }

  sent(head: Head, peer: Peer): void {
    if (!this.#hasHead) this.#head(head, peer)
    else if (peer.address !== undefined) this.#tell({ kind: 'peer', ...peer })
  }

  requestEnd(): void {
    this.#head()
    this.#tellCut('request')
    this.#tell({ kind: 'request-end' })
  }

  responseHead(status: number, statusText: string, headers: Headers): void {
    this.#head()
    this.#tell({ kind: 'response', status, statusText, headers })
  }

  completed(trailers: Headers): void {
    this.#over()
    this.#tell({ kind: 'completed', trailers })
  }

  stopped(stop: Stop): void {
    this.#over()
    this.#tell({ kind: 'stopped', stop })
  }

  #over(): void {
    this.#head()
    this.#tellCut('request')
    this.#tellCut('response')
  }

  #head(head?: Head, peer?: Peer): void {
    if (this.#hasHead) return
    this.#hasHead = true
    unpatched.clearTimeout(this.#unsent)
    const { text, headers = [] } = head ?? { headers: this.#request.headers() }
    // JSON omits undefined members.
    this.#tell({ kind: 'sent', head: text, headers, ...peer })
  }

  #chunks(side: Side): (bytes: Uint8Array) => void {
    return this.#outbox.chunks(FORMS[side], this.#number, (bytes) => this.#bytes(side, bytes))
  }

  #bytes(side: Side, bytes: Uint8Array): void {
    if (!this.takesBodies || bytes.length === 0) return
    const cut = this.#cut[side]
    if (cut !== undefined) this.#cut[side] = cut + bytes.length
    else if (!this.#outbox.bytes(FORMS[side], this.#number, bytes)) {
      this.#cut[side] = bytes.length
      this.#tellCut(side)
    }
  }

  /** Reports what was cut since the last report. */
  #tellCut(side: Side): void {
    const bytes = this.#cut[side] ?? 0
    if (bytes === 0) return
    this.#cut[side] = 0
    this.#tell({ kind: 'cut', side, bytes })
  }

  #tell(told: Untold<RequestTold>): void {
    this.#outbox.tell({ request: this.#number, ...told })
  }
}

type Untold<Told> = Told extends RequestTold ? Omit<Told, 'request'> : never

const FORMS = { request: FORM.requestBytes, response: FORM.responseBytes } as const
