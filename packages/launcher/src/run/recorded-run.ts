import type { Agent, AgentMode } from '../agents/agent.js'
import type { Switches } from './switches.js'

/** A run of an agent that leaves something behind. */
export type RecordedRun = {
  agent: Agent
  /** The path of its real program. */
  program: string
  mode: AgentMode
  /** What stands before the `--` where the user names the program behind it. */
  options: readonly string[]
  switches: Switches
}
