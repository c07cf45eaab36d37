import { type Cancellation, isoOfMicros } from '@tacho/reader'

/** Returns a cancellation for `--json` (docs/cli.md), without its text. Unknown values are null. */
export function cancellationJson(cancellation: Cancellation): object {
  const { requestedAt, signalledAt, lastByteAt, releasedAt } = cancellation
  return {
    origin: cancellation.origin ?? null,
    reason: cancellation.reason ?? null,
    stopped: cancellation.stopped.map(({ kind, number, spanId, name }) => ({
      kind,
      number: number ?? null,
      spanId,
      name: name ?? null,
    })),
    requestedAt: timeOf(requestedAt),
    signalledAt: timeOf(signalledAt),
    lastByteAt: timeOf(lastByteAt),
    releasedAt: timeOf(releasedAt),
    bytes: cancellation.bytes ?? null,
    events: cancellation.events ?? null,
    outputTokens: cancellation.outputTokens ?? null,
    open: cancellation.open !== undefined,
    left: cancellation.open ?? null,
    threadId: cancellation.threadId ?? null,
    turnId: cancellation.turnId ?? null,
    spanId: cancellation.spanId,
  }
}

function timeOf(micros: number | undefined): string | null {
  return micros === undefined ? null : (isoOfMicros(micros) ?? null)
}
