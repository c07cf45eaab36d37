import type { LiveDelivery } from '@tacho/format'
import type { OtlpSettings, OtlpSignal } from '@tacho/otlp'

type Count = { given: number; delivered: number; reason?: string }

/** Counts, per session, the spans and lines to be sent and those delivered. */
export class DeliveryCounts {
  readonly #counts = new Map<string, Count>()

  /** Counts one more to be sent. */
  given(traceId: string, signal: OtlpSignal): void {
    this.#of(traceId, signal).given += 1
  }

  delivered(traceId: string, signal: OtlpSignal, count: number): void {
    this.#of(traceId, signal).delivered += count
  }

  /** Notes why something of a session was not delivered; the last reason wins. */
  failed(traceId: string, signal: OtlpSignal, reason: string): void {
    this.#of(traceId, signal).reason = reason
  }

  /** The same for all sessions, and for both signals if `signal` is omitted. */
  allFailed(reason: string, signal = ''): void {
    for (const [key, count] of this.#counts) if (key.endsWith(signal)) count.reason = reason
  }

  /** Returns what was delivered of a session. */
  deliveries(traceId: string, settings: readonly OtlpSettings[]): LiveDelivery[] {
    return settings.map(({ signal, endpoint }) => {
      const { given, delivered, reason } = this.#of(traceId, signal)
      const undelivered = given - delivered
      const told = undelivered > 0 ? { reason: reason ?? 'the run ended first' } : {}
      return { signal, endpoint, delivered, undelivered, ...told }
    })
  }

  #of(traceId: string, signal: OtlpSignal): Count {
    const key = `${traceId} ${signal}`
    const count = this.#counts.get(key) ?? { given: 0, delivered: 0 }
    this.#counts.set(key, count)
    return count
  }
}
