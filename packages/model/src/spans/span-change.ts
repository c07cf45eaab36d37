import type { Attributes } from '@tacho/format'

/** A span that starts. Times are microseconds since the epoch. */
export type SpanStarted = {
  change: 'start'
  spanId: string
  /** Absent: the root of its run. */
  parentSpanId?: string
  name: string
  at: number
  isClient?: boolean
  attributes: Attributes
}

/** What becomes of a session's spans: told in the order in which it became known. */
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
      /** Absent where it is none. */
      error?: { message?: string | undefined }
    }

/** Is told each change. */
export type Emit = (change: SpanChange) => void
