import type { Recording } from '@tacho/recorder'
import type { StartChange } from '../start-change.js'
import type { LogRecord } from './log-record.js'
import type { SpanRecord } from './span-record.js'

/** How an agent's log events reach Tacho, and how they are recorded. */
export type LogExport = {
  /** Makes the agent export to Tacho: its log events, and its spans if they are recorded. */
  redirect: (endpoint: string, forSpans: string) => StartChange
  /**
   * The user's own endpoint, which still receives everything, and a file of certificates only for
   * it.
   */
  own?: { endpoint: URL; certificate: string | undefined }
  onLogs: (records: readonly LogRecord[], recording: Recording) => void
  /** Receives the agent's own spans, in JSON; omitted if they do not come to Tacho. */
  onSpans?: (spans: readonly SpanRecord[], recording: Recording) => void
  /** Whether its metrics come too, although unwanted: they are accepted and discarded. */
  sendsMetrics?: boolean
  /**
   * Whether the agent makes a request with this path only because of Tacho: its provider then does
   * not receive it.
   */
  declines?: (path: string) => boolean
}
