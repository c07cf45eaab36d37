import type { LiveDelivery } from '@tacho/format'
import type { OtlpSettings, OtlpSignal } from '@tacho/otlp'

type Count = { given: number; delivered: number; reason?: string }

/** How much of each session's spans and lines was to be sent, and how much has arrived. */
export class DeliveryCounts {
  readonly #counts = new Map<string, Count>()

  /** One more is to be sent. */
  given(traceId: string, signal: OtlpSignal): void {
    this.#of(traceId, signal).given += 1
  }

  delivered(traceId: string, signal: OtlpSignal, count: number): void {
    this.#of(traceId, signal).delivered += count
  }

  /** Why something of a session did not arrive; the last reason counts. */
  failed(traceId: string, signal: OtlpSignal, reason: string): void {
    this.#of(traceId, signal).reason = reason
  }

  /** The same for all sessions; `signal` is all of them where it is left out. */
  allFailed(reason: string, signal = ''): void {
    for (const [key, count] of this.#counts) if (key.endsWith(signal)) count.reason = reason
  }

  /** How far a session has come. */
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
