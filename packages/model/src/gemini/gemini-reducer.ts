import { observeCalls } from '../codex/codex-reducer.js'
import type { AgentReducer, SessionReducer } from '../session/session-reducer.js'
import { GeminiQuestions } from './questions.js'
import { GeminiTools } from './tools.js'
import { GeminiTurns } from './turns.js'

/**
 * Reduces Gemini CLI (0.61), whose requests name neither turns nor who was asked. Turns and tools
 * are derived from the model's answers and the requests that follow, unless another tap reports
 * them; questions from its debug log and its telemetry.
 */
export function geminiReducer(session: SessionReducer): AgentReducer {
  const turns = new GeminiTurns()
  const tools = new GeminiTools(session)
  const questions = new GeminiQuestions(session)
  return {
    observe(observation) {
      observeCalls(observation, session)
      // ACP reports both, with other ids for tools.
      if (isToldOverAcp(session)) return
      questions.observe(observation)
      tools.observe(observation)
      turns.observe(observation)
    },
    placeOf(conversation, started) {
      if (isToldOverAcp(session)) return undefined
      const place = turns.placeOf(conversation, started)
      if (place !== undefined) questions.turnBegins(place, started.at)
      return place
    },
  }
}

function isToldOverAcp({ run }: SessionReducer): boolean {
  return run?.taps.includes('acp') === true
}
