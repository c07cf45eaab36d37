import type { Agent, AgentMode } from '../agents/agent.js'
import type { Switches } from './switches.js'

/** A run of an agent that is recorded. */
export type RecordedRun = {
  agent: Agent
  /** The path of the agent's real program. */
  program: string
  mode: AgentMode
  /** The options before `--`, if the user names the program after it. */
  options: readonly string[]
  switches: Switches
}
