import type { OtlpSettings, OtlpSignal, Rejection, SessionLine } from '@tacho/otlp'

/** An item to send: a span, as its line of `session_meta.log`, or a line of the debug log. */
export type SendingItem = { traceId: string; bytes: number } & (
  | { signal: 'traces'; spanId: string; line: string }
  | { signal: 'logs'; line: SessionLine }
)

/** A message to the sender process; `settings` comes first. */
export type ToSender =
  | { kind: 'settings'; settings: OtlpSettings[] }
  | { kind: 'items'; items: SendingItem[] }
  | { kind: 'flush' }

/** What the recording needs to know of an item that was sent. */
export type SentItem = Pick<SendingItem, 'traceId' | 'bytes'> & { spanId?: string }

/** A message from the sender process. */
export type FromSender =
  /** The receiver accepted them, except those rejected. */
  | { kind: 'delivered'; signal: OtlpSignal; items: SentItem[]; rejection?: Rejection | undefined }
  /** They will never be accepted. */
  | { kind: 'given-up'; signal: OtlpSignal; items: SentItem[]; reason: string }
  /** They were not accepted this time. */
  | { kind: 'refused'; signal: OtlpSignal; reason: string }
  /** The queue is empty. */
  | { kind: 'flushed' }
