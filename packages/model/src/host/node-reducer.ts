import { CalledTools } from '../codex/called-tools.js'
import { observeCalls } from '../codex/codex-reducer.js'
import type { AgentReducer, SessionReducer } from '../session/session-reducer.js'

/**
 * Reduces a Node program that says nothing about itself: its tools are derived from the model's
 * answers and the requests that follow. What a program says through the API is reduced for every
 * agent (`host-reducer.ts`).
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
