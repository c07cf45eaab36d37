import { observeCalls } from '../codex/codex-reducer.js'
import type { AgentReducer, SessionReducer } from '../session/session-reducer.js'
import { GeminiTools } from './tools.js'
import { GeminiTurns } from './turns.js'

/**
 * Gemini CLI (0.61), whose requests name neither turns nor who was asked: turns and tools as the
 * model's answers and the requests behind them tell of them, where nothing else does.
 */
export function geminiReducer(session: SessionReducer): AgentReducer {
  const turns = new GeminiTurns()
  const tools = new GeminiTools(session)
  return {
    observe(observation) {
      observeCalls(observation, session)
      // What passes over ACP tells both, and of tools by other ids.
      if (isToldOverAcp(session)) return
      tools.observe(observation)
      turns.observe(observation)
    },
    placeOf: (conversation, started) =>
      isToldOverAcp(session) ? undefined : turns.placeOf(conversation, started),
  }
}

function isToldOverAcp({ run }: SessionReducer): boolean {
  return run?.taps.includes('acp') === true
}
