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
 * How what an agent says is understood: what only it says, where that is known, and the Agent Client
 * Protocol, which many speak.
 */
export function reducerOf(agent: string): MakeReducer {
  const own = Object.hasOwn(REDUCERS, agent) ? REDUCERS[agent] : undefined
  return own === undefined ? acpReducer : (session) => together([acpReducer(session), own(session)])
}

// What passes over ACP knows of turns; what else an agent says comes second.
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
