import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { cut, type LiveDelivery } from '@tacho/format'
import {
  type Environment,
  type OtlpSettings,
  type OtlpSignal,
  otlpSettings,
  type Rejection,
  type SessionLine,
  WrongOtlpSetting,
} from '@tacho/otlp'
import type { AllScrubbed, Scrubbed } from '@tacho/scrub'
import {
  LIVE_BATCH_ITEMS,
  LIVE_BATCH_MILLISECONDS,
  LIVE_LINE_BYTES,
  LIVE_QUEUE_BYTES,
} from '../limits.js'
import { programFile } from '../program-file.js'
import { DeliveryCounts } from './delivery-counts.js'
import type { FromSender, SendingItem, SentItem, ToSender } from './messages.js'

/**
 * Called with the spans of a session that an endpoint received, and how many of them it rejected.
 */
export type OnDelivered = (
  endpoint: string,
  spanIds: string[],
  rejection: Rejection | undefined,
) => void

/** Called with a message when sending has trouble; `isNews` if the user should see it. */
export type OnTrouble = (words: string, isNews: boolean) => void

const SIGNALS = ['traces', 'logs'] as const

/** Returns where spans and lines are sent live; empty if that is off. */
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
 * Sends a recording over OTLP while it happens. The host never waits for it: a separate process
 * does the work, the queue is bounded, and what is not delivered is counted. The files have
 * everything, and can be exported later.
 */
export class LiveExport {
  readonly #settings: OtlpSettings[]
  readonly #onTrouble: OnTrouble
  readonly #process: ChildProcess
  readonly #onDelivered = new Map<string, OnDelivered>()
  readonly #counts = new DeliveryCounts()
  #waitingBytes = 0
  /** Items to send to that process in one message, because each message wakes it. */
  #outbox: SendingItem[] = []
  #outboxTimer: NodeJS.Timeout | undefined
  #failure: string | undefined
  #onFlushed: () => void = () => {}
  #hasToldOf = new Set<string>()

  constructor(settings: OtlpSettings[], onTrouble: OnTrouble) {
    this.#settings = settings
    this.#onTrouble = onTrouble
    // A preload of the host's would record the sender too.
    const { NODE_OPTIONS: _, ...env } = process.env
    this.#process = fork(fileURLToPath(programFile('sender-process', import.meta.url)), [], {
      env,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // The terminal's signals must not reach it; none says anything about the agent.
      detached: true,
    })
    this.#process.on('message', (message: FromSender) => this.#heard(message))
    this.#process.on('error', (error) => this.#failed(String(error)))
    this.#process.on('exit', () => this.#failed('the process that sends has ended'))
    this.#post({ kind: 'settings', settings })
    // After adding the listeners, because one of them would keep the process alive again.
    this.#process.unref()
    this.#process.channel?.unref()
  }

  /** Registers a listener for a session's deliveries. */
  join(traceId: string, onDelivered: OnDelivered): void {
    this.#onDelivered.set(traceId, onDelivered)
  }

  /** @param line the span's line in `session_meta.log`, without the newline. */
  span(traceId: string, spanId: string, line: Scrubbed): void {
    this.#give({ signal: 'traces', traceId, spanId, line, bytes: line.length })
  }

  line(line: AllScrubbed<SessionLine>): void {
    const message = cut(line.message, LIVE_LINE_BYTES)
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

  /** Returns what was delivered of a session. */
  deliveries(traceId: string): LiveDelivery[] {
    return this.#counts.deliveries(traceId, this.#settings)
  }

  /** Sends what is queued, for at most this long, and ends the sender. */
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
    // Not awaited: the sender may hang.
    this.#process.kill('SIGKILL')
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
        this.#delivered(message.signal, message.items, message.rejection)
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

  #delivered(signal: OtlpSignal, items: SentItem[], rejection: Rejection | undefined): void {
    const bySession = new Map<string, SentItem[]>()
    this.#settle(items, (traceId, item) => {
      const own = bySession.get(traceId) ?? []
      own.push(item)
      bySession.set(traceId, own)
    })
    if (rejection !== undefined) this.#tellOnce(signal, rejectionWords(rejection))
    const endpoint = this.#settings.find((one) => one.signal === signal)?.endpoint ?? ''
    for (const [traceId, own] of bySession) {
      // It is unknown whose items were rejected, so each session counts them as its own.
      const count = Math.min(rejection?.count ?? 0, own.length)
      this.#counts.delivered(traceId, signal, own.length - count)
      if (rejection !== undefined && count > 0)
        this.#counts.failed(traceId, signal, rejectionWords(rejection))
      if (signal !== 'traces') continue
      const spanIds = own.flatMap(({ spanId }) => spanId ?? [])
      const rejected = rejection && count > 0 ? { count, reason: rejection.reason } : undefined
      this.#onDelivered.get(traceId)?.(endpoint, spanIds, rejected)
    }
  }

  #settle(items: SentItem[], count: (traceId: string, item: SentItem) => void): void {
    for (const item of items) {
      this.#waitingBytes -= item.bytes
      count(item.traceId, item)
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

  // Only text and numbers are sent; if that fails anyway, the files have them.
  #post(message: ToSender): void {
    try {
      this.#process.send(message, (error) => {
        if (error !== null) this.#failed(String(error))
      })
    } catch (error) {
      this.#failed(String(error))
    }
  }
}

function rejectionWords({ count, reason }: Rejection): string {
  return `${count} rejected: ${reason || 'no reason was told'}`
}
