/** How a session ended, or what state it is in. */
export const END_CODES = [
  'clean',
  'failed',
  'user-interrupt',
  'approval-cancelled',
  'approval-unanswered',
  'signal',
  'crash',
  'recorder-killed',
  'oom-killed',
  'power-loss',
  'disk-full',
  'running',
  'running-waiting-for-user',
  'running-stalled',
] as const

/** What went wrong between the agent and its API. */
export const API_CODES = [
  'rate-limited',
  'quota',
  'overloaded',
  'server-error',
  'auth',
  'bad-request',
  'context-overflow',
  'model-not-found',
  'connection-refused',
  'unreachable',
  'dns',
  'tls',
  'connection-reset',
  'reset-mid-stream',
  'stream-ended-early',
  'idle-timeout',
  'output-truncated',
  'content-filter',
  'refusal',
  'malformed-stream',
  'retry-storm',
  'slow-first-token',
  'slow-stream',
  'stalled-stream',
] as const

/** What happened to the conversation that the model was given. */
export const CONTEXT_CODES = [
  'compacted',
  'cache-break',
  'cache-expired',
  'token-jump',
  'history-rewritten',
  'model-changed',
  'tools-changed',
] as const

/** What went wrong with the work. */
export const WORK_CODES = [
  'loop',
  'tool-failing',
  'tool-hung',
  'tool-denied',
  'sandbox-denied',
  'unknown-tool',
  'bad-arguments',
  'waiting-dominates',
  'subagent-failed',
] as const

/** What went wrong with the recording itself. */
export const RECORDER_CODES = [
  'records-lost',
  'part-switched-off',
  'not-delivered',
  'clock-jump',
] as const

/** All codes of {@link EndCode} and of causes; docs/causes.md describes each. */
export const CAUSE_CODES = [
  ...END_CODES,
  ...API_CODES,
  ...CONTEXT_CODES,
  ...WORK_CODES,
  ...RECORDER_CODES,
] as const

export type EndCode = (typeof END_CODES)[number]
export type CauseCode = (typeof CAUSE_CODES)[number]
