import type { LeftOpen } from './left-open.js'

/**
 * How a tool's run ended, whatever the agent's word for it. `declined`: it was not allowed to run;
 * `cancelled`: it was stopped, mostly with its turn; `unknown`: it is over, but how is not known.
 */
export const TOOL_OUTCOMES = ['completed', 'failed', 'declined', 'cancelled', 'unknown'] as const

export type ToolOutcome = (typeof TOOL_OUTCOMES)[number]

/** A tool that the agent ran. Times are microseconds since 1970. */
export type Tool = {
  spanId: string
  /** As the model calls it; `<server>.<tool>` for MCP. */
  name: string
  callId?: string
  command?: string
  cwd?: string
  query?: string
  path?: string
  files?: string[]
  mcpServer?: string
  /** How it ended; absent if it has not, or its end was not recorded. */
  outcome?: ToolOutcome
  /** In the agent's words. */
  status?: string
  exitCode?: number
  error?: string
  threadId?: string
  turnId?: string
  startedAt: number
  endedAt?: number
  /** Milliseconds, as reported by the agent. */
  durationMs?: number
  /** Absent if it is over. */
  open?: LeftOpen
}
