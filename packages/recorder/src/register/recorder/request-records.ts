import type { FaultBarrier } from '../../fault-barrier.js'
import type { Recording } from '../../recording.js'
import type { RequestTold } from '../apart/from-host.js'
import { headerPairs } from '../http/header-pairs.js'
import { providerAt } from '../http/known-hosts.js'
import type { Stop } from '../http/stop.js'
import { RecordedRequest } from './recorded-request.js'
import type { RequestRecord } from './request-record.js'
import { SpannedRequest } from './spanned-request.js'

/** Records a host's requests: with their bodies if their host is selected, otherwise as spans. */
export class RequestRecords {
  readonly #recording: Recording
  readonly #barrier: FaultBarrier
  readonly #open = new Map<number, RequestRecord>()

  constructor(recording: Recording, barrier: FaultBarrier) {
    this.#recording = recording
    this.#barrier = barrier
  }

  take(told: RequestTold): void {
    this.#barrier.do('HTTP', () => {
      if (told.kind === 'request') this.#open.set(told.request, this.#begin(told))
      else this.#goOn(told)
    })
  }

  /** Ends open requests, because the host has ended. */
  stopAll(stop: Stop): void {
    for (const request of this.#open.values())
      this.#barrier.do('the end', () => request.stopped(stop))
    this.#open.clear()
  }

  #begin(told: Extract<RequestTold, { kind: 'request' }>): RequestRecord {
    const { method, url, isSelected, conversation } = told
    const recording = this.#recording
    const at = new URL(url)
    if (!isSelected) return new SpannedRequest(recording, method, at)
    const provider = providerAt(at.hostname)
    return new RecordedRequest({ recording, method, url, provider, conversation })
  }

  #goOn(told: Exclude<RequestTold, { kind: 'request' }>): void {
    const request = this.#open.get(told.request)
    if (request === undefined) return
    switch (told.kind) {
      case 'sent':
        request.sent([...headerPairs(told.head), ...told.headers])
        if (told.address !== undefined) request.peer(told)
        break
      case 'peer':
        request.peer(told)
        break
      case 'request-bytes':
        request.requestBytes(told.bytes)
        break
      case 'request-end':
        request.requestEnd()
        break
      case 'response':
        request.responseHead(told.status, told.statusText, told.headers)
        break
      case 'response-bytes':
        request.responseBytes(told.bytes)
        break
      case 'cut':
        request.cut(told.side, told.bytes)
        break
      case 'completed':
        this.#open.delete(told.request)
        request.completed(told.trailers)
        break
      case 'stopped':
        this.#open.delete(told.request)
        request.stopped(told.stop)
        break
      default:
        told satisfies never
    }
  }
}
