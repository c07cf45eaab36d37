import type { OtlpSettings, OtlpSignal, Rejection, SessionLine } from '@tacho/otlp'

/** One thing to be sent: a span as its line of `session_meta.log`, or a line of the debug log. */
export type SendingItem = { traceId: string; bytes: number } & (
  | { signal: 'traces'; spanId: string; line: string }
  | { signal: 'logs'; line: SessionLine }
)

/** What the recording tells the process that sends; first of all, where to. */
export type ToSender =
  | { kind: 'settings'; settings: OtlpSettings[] }
  | { kind: 'items'; items: SendingItem[] }
  | { kind: 'flush' }

/** What a batch was, as far as the recording has to know. */
export type SentItem = Pick<SendingItem, 'traceId' | 'bytes'> & { spanId?: string }

/** What that process tells the recording. */
export type FromSender =
  /** They were taken by whoever they were sent to, but for those that are rejected. */
  | { kind: 'delivered'; signal: OtlpSignal; items: SentItem[]; rejection?: Rejection | undefined }
  /** They never will be. */
  | { kind: 'given-up'; signal: OtlpSignal; items: SentItem[]; reason: string }
  /** They were not taken this time. */
  | { kind: 'refused'; signal: OtlpSignal; reason: string }
  /** Nothing waits any more. */
  | { kind: 'flushed' }
