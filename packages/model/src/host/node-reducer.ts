import { CalledTools } from '../codex/called-tools.js'
import { observeCalls } from '../codex/codex-reducer.js'
import type { AgentReducer, SessionReducer } from '../session/session-reducer.js'

/**
 * A Node program that says nothing of itself: its tools as the model's answers and the requests behind
 * them tell of them. What it says through the API is understood for every agent (`host-reducer.ts`).
 */
export function nodeReducer(session: SessionReducer): AgentReducer {
  const called = new CalledTools(session)
  return {
    observe(observation) {
      observeCalls(observation, session)
      called.observe(observation)
    },
  }
}
