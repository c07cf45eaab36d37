import type { AgentStart } from '../process/run-agent.js'

/** A change that a tap makes to how the agent is started. */
export type StartChange = (start: TappedStart) => TappedStart

/** What a tap may change. */
export type TappedStart = Pick<AgentStart, 'args' | 'environment'>
