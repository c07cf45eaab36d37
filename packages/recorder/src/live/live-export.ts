import { Worker } from 'node:worker_threads'
import type { LiveDelivery } from '@tacho/format'
import {
  type Environment,
  type OtlpSettings,
  type OtlpSignal,
  otlpSettings,
  type SessionLine,
  WrongOtlpSetting,
} from '@tacho/otlp'
import {
  LIVE_BATCH_ITEMS,
  LIVE_BATCH_MILLISECONDS,
  LIVE_LINE_BYTES,
  LIVE_QUEUE_BYTES,
} from '../limits.js'
import { threadFile } from '../thread-file.js'
import { DeliveryCounts } from './delivery-counts.js'
import type { FromSender, SendingItem, SentItem, ToSender } from './messages.js'

/** Is told which spans of a session have arrived where. */
export type OnDelivered = (endpoint: string, spanIds: string[]) => void

/** Is told, in words, what stands in the way of sending; `isNews` where the user should hear of it. */
export type OnTrouble = (words: string, isNews: boolean) => void

const SIGNALS = ['traces', 'logs'] as const

/** Where spans and lines are to be sent while they happen; nothing where that is not asked for. */
export function liveSettings(environment: Environment, onTrouble: OnTrouble): OtlpSettings[] {
  return SIGNALS.flatMap((signal) => {
    try {
      return otlpSettings(signal, environment) ?? []
    } catch (error) {
      if (!(error instanceof WrongOtlpSetting)) throw error
      onTrouble(`${error.message} Nothing is sent there.`, true)
      return []
    }
  })
}

/**
 * Sends a recording out over OTLP while it happens. The host never waits for it: a thread of its
 * own does the work, what waits is bounded, and what was not delivered is counted; all of it is in
 * the files, and can be sent afterwards.
 */
export class LiveExport {
  readonly #settings: OtlpSettings[]
  readonly #onTrouble: OnTrouble
  readonly #worker: Worker
  readonly #onDelivered = new Map<string, OnDelivered>()
  readonly #counts = new DeliveryCounts()
  #waitingBytes = 0
  /** What the thread is to be given together: it has to be woken for each message. */
  #outbox: SendingItem[] = []
  #outboxTimer: NodeJS.Timeout | undefined
  #failure: string | undefined
  #onFlushed: () => void = () => {}
  #hasToldOf = new Set<string>()

  constructor(settings: OtlpSettings[], onTrouble: OnTrouble) {
    this.#settings = settings
    this.#onTrouble = onTrouble
    this.#worker = new Worker(threadFile('sender-thread', import.meta.url), {
      workerData: { settings },
      // A preload of the host's would record us.
      execArgv: [],
      stdout: true,
      stderr: true,
    })
    this.#worker.on('message', (message: FromSender) => this.#heard(message))
    this.#worker.on('error', (error) => this.#failed(String(error)))
    this.#worker.on('exit', () => this.#failed('the thread that sends has ended'))
    // Behind the listeners, for one of them would keep the process alive again.
    this.#worker.unref()
  }

  /** A session whose deliveries somebody wants to hear of. */
  join(traceId: string, onDelivered: OnDelivered): void {
    this.#onDelivered.set(traceId, onDelivered)
  }

  /** @param line the span as its line of `session_meta.log` has it, without the newline. */
  span(traceId: string, spanId: string, line: string): void {
    this.#give({ signal: 'traces', traceId, spanId, line, bytes: line.length })
  }

  line(line: SessionLine): void {
    const message = line.message.slice(0, LIVE_LINE_BYTES)
    this.#give({
      signal: 'logs',
      traceId: line.traceId,
      line: { ...line, message },
      bytes: message.length,
    })
  }

  /** Whether lines of the debug log are sent. */
  get sendsLines(): boolean {
    return this.#settings.some(({ signal }) => signal === 'logs')
  }

  /** How far a session has come. */
  deliveries(traceId: string): LiveDelivery[] {
    return this.#counts.deliveries(traceId, this.#settings)
  }

  /** Sends what waits, for so long at the most, and ends. */
  async close(milliseconds: number): Promise<void> {
    if (this.#failure === undefined && this.#waitingBytes > 0) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.#onFlushed = resolve
        timer = setTimeout(resolve, milliseconds)
        this.#postOutbox()
        this.#post({ kind: 'flush' })
      })
      clearTimeout(timer)
    }
    this.#failure ??= 'closed'
    // Not waited for: it ends in its own time, and holds nobody up.
    void this.#worker.terminate()
  }

  #give(item: SendingItem): void {
    if (!this.#settings.some(({ signal }) => signal === item.signal)) return
    const { traceId, signal } = item
    this.#counts.given(traceId, signal)
    if (this.#failure !== undefined) this.#counts.failed(traceId, signal, this.#failure)
    else if (this.#waitingBytes + item.bytes > LIVE_QUEUE_BYTES) {
      this.#counts.failed(traceId, signal, 'too much was waiting')
      this.#tellOnce(signal, 'more waits than is kept: what comes now is not sent')
    } else {
      this.#waitingBytes += item.bytes
      this.#putOut(item)
    }
  }

  #putOut(item: SendingItem): void {
    if (this.#outbox.push(item) >= LIVE_BATCH_ITEMS) this.#postOutbox()
    else if (this.#outboxTimer === undefined) {
      this.#outboxTimer = setTimeout(() => this.#postOutbox(), LIVE_BATCH_MILLISECONDS)
      this.#outboxTimer.unref()
    }
  }

  #postOutbox(): void {
    clearTimeout(this.#outboxTimer)
    this.#outboxTimer = undefined
    const items = this.#outbox
    this.#outbox = []
    if (items.length > 0) this.#post({ kind: 'items', items })
  }

  #heard(message: FromSender): void {
    switch (message.kind) {
      case 'delivered':
        this.#delivered(message.signal, message.items)
        break
      case 'given-up':
        this.#settle(message.items, (traceId) =>
          this.#counts.failed(traceId, message.signal, message.reason),
        )
        this.#tellOnce(message.signal, message.reason)
        break
      case 'refused':
        this.#counts.allFailed(message.reason, message.signal)
        this.#tellOnce(message.signal, message.reason)
        break
      case 'flushed':
        this.#onFlushed()
    }
  }

  #delivered(signal: OtlpSignal, items: SentItem[]): void {
    this.#settle(items, (traceId) => this.#counts.delivered(traceId, signal))
    const endpoint = this.#settings.find((one) => one.signal === signal)?.endpoint
    if (signal !== 'traces' || endpoint === undefined) return
    const bySession = new Map<string, string[]>()
    for (const { traceId, spanId } of items) {
      if (spanId === undefined) continue
      const ids = bySession.get(traceId) ?? []
      ids.push(spanId)
      bySession.set(traceId, ids)
    }
    for (const [traceId, ids] of bySession) this.#onDelivered.get(traceId)?.(endpoint, ids)
  }

  #settle(items: SentItem[], count: (traceId: string) => void): void {
    for (const { traceId, bytes } of items) {
      this.#waitingBytes -= bytes
      count(traceId)
    }
  }

  #failed(reason: string): void {
    if (this.#failure !== undefined) return
    this.#failure = reason
    this.#counts.allFailed(reason)
    this.#onTrouble(`nothing is sent any more: ${reason}`, false)
    this.#onFlushed()
  }

  #tellOnce(signal: OtlpSignal, reason: string): void {
    const key = `${signal} ${reason}`
    if (this.#hasToldOf.has(key)) return
    this.#hasToldOf.add(key)
    const { endpoint = '' } = this.#settings.find((one) => one.signal === signal) ?? {}
    this.#onTrouble(`${signal} to ${endpoint}: ${reason}`, false)
  }

  // What is posted is text and numbers; should it fail all the same, the file has it.
  #post(message: ToSender): void {
    try {
      this.#worker.postMessage(message)
    } catch (error) {
      this.#failed(String(error))
    }
  }
}
