/**
 * An event in Chrome's JSON trace format, which Perfetto also opens. Times are microseconds since
 * the session began.
 *
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
export type TraceEvent = { pid: number; tid: number; name: string; args?: object } & (
  | { ph: 'M' }
  | { ph: 'X'; cat: string; ts: number; dur: number }
  | { ph: 'i'; cat: string; ts: number; s: 't' }
)

/** The process that a session is shown as. */
export const PROCESS = 1
