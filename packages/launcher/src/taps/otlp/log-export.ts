import type { Recording } from '@tacho/recorder'
import type { StartChange } from '../start-change.js'
import type { LogRecord } from './log-record.js'
import type { SpanRecord } from './span-record.js'

/** How an agent's log events come to us, and what becomes of them. */
export type LogExport = {
  /** Has the agent export to us: its log events, and its spans where we take them. */
  redirect: (endpoint: string, forSpans: string) => StartChange
  /** The user's own endpoint, which goes on receiving everything; a file of certificates for it alone. */
  own?: { endpoint: URL; certificate: string | undefined }
  onLogs: (records: readonly LogRecord[], recording: Recording) => void
  /** Takes its own spans, in JSON; left out where they do not come to us. */
  onSpans?: (spans: readonly SpanRecord[], recording: Recording) => void
  /** Its metrics come to us as well, although we do not ask for them: they are taken, and thrown away. */
  sendsMetrics?: boolean
  /**
   * Whether the agent asks with this path for something that it would not ask for without us: then
   * its provider does not hear of it.
   */
  declines?: (path: string) => boolean
}
