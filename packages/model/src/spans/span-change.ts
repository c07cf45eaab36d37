import type { Attributes } from '@tacho/format'

/** A span that has started. Times are microseconds since the epoch. */
export type SpanStarted = {
  change: 'start'
  spanId: string
  /** Absent for the root of its run. */
  parentSpanId?: string
  name: string
  at: number
  isClient?: boolean
  attributes: Attributes
}

/** A change to a session's spans. Changes come in the order in which they became known. */
export type SpanChange =
  | SpanStarted
  | { change: 'event'; spanId: string; name: string; at: number }
  | { change: 'set'; spanId: string; attributes: Attributes }
  | { change: 'rename'; spanId: string; name: string }
  /** To another span of the same trace. */
  | { change: 'link'; spanId: string; to: string }
  | {
      change: 'end'
      spanId: string
      at: number
      attributes?: Attributes
      /** Absent if it ended without an error. */
      error?: { message?: string | undefined }
    }

/** Receives each change. */
export type Emit = (change: SpanChange) => void
