import { codexReducer } from './codex/codex-reducer.js'
import { nodeReducer } from './host/node-reducer.js'
import type { AgentReducer, SessionReducer } from './session/session-reducer.js'

const REDUCERS: Record<string, (session: SessionReducer) => AgentReducer> = {
  codex: codexReducer,
  node: nodeReducer,
}

/** How what an agent says is understood; nothing of one that is not known: its requests are, all the same. */
export function reducerOf(agent: string): ((session: SessionReducer) => AgentReducer) | undefined {
  return Object.hasOwn(REDUCERS, agent) ? REDUCERS[agent] : undefined
}
