import { acpReducer } from './acp/acp-reducer.js'
import { claudeReducer } from './claude/claude-reducer.js'
import { codexReducer } from './codex/codex-reducer.js'
import { geminiReducer } from './gemini/gemini-reducer.js'
import { nodeReducer } from './host/node-reducer.js'
import { opencodeReducer } from './opencode/opencode-reducer.js'
import type { AgentReducer, SessionReducer } from './session/session-reducer.js'

type MakeReducer = (session: SessionReducer) => AgentReducer

const REDUCERS: Record<string, MakeReducer> = {
  claude: claudeReducer,
  codex: codexReducer,
  node: nodeReducer,
  run: nodeReducer,
  gemini: geminiReducer,
  opencode: opencodeReducer,
}

/**
 * Returns the reducer for what only this agent says, if there is one, together with the one for the
 * Agent Client Protocol, which many agents speak.
 */
export function reducerOf(agent: string): MakeReducer {
  const own = Object.hasOwn(REDUCERS, agent) ? REDUCERS[agent] : undefined
  return own === undefined ? acpReducer : (session) => together([acpReducer(session), own(session)])
}

// Combines the two. ACP's reducer goes first, because ACP names turns.
function together(reducers: readonly AgentReducer[]): AgentReducer {
  return {
    observe(observation) {
      for (const reducer of reducers) reducer.observe(observation)
    },
    placeOf(conversation, started) {
      for (const reducer of reducers) {
        const place = reducer.placeOf?.(conversation, started)
        if (place !== undefined) return place
      }
      return undefined
    },
  }
}
