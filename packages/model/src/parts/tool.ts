import type { LeftOpen } from './left-open.js'

/**
 * How a tool's run ended, whatever the agent calls that. `declined`: it was not let run; `cancelled`:
 * it was stopped, mostly with its turn; `unknown`: it is over, and nobody told how.
 */
export const TOOL_OUTCOMES = ['completed', 'failed', 'declined', 'cancelled', 'unknown'] as const

export type ToolOutcome = (typeof TOOL_OUTCOMES)[number]

/** A tool that the agent ran. Times are microseconds since 1970. */
export type Tool = {
  spanId: string
  /** As the model calls it; `<server>.<tool>` of MCP. */
  name: string
  callId?: string
  command?: string
  cwd?: string
  query?: string
  path?: string
  files?: string[]
  mcpServer?: string
  /** How it ended; absent where it has not, or its end was not recorded. */
  outcome?: ToolOutcome
  /** In the agent's words. */
  status?: string
  exitCode?: number
  error?: string
  threadId?: string
  turnId?: string
  startedAt: number
  endedAt?: number
  /** Milliseconds, as the agent tells them. */
  durationMs?: number
  /** Absent where it is over. */
  open?: LeftOpen
}
