import type { Observation } from '../observation.js'
import type { AgentReducer, SessionReducer } from '../session/session-reducer.js'
import { calledFacts, inputFacts } from './called-tool.js'
import { CalledTools } from './called-tools.js'
import { HookQuestions } from './hook-questions.js'
import { HookReducer } from './hooks.js'
import { JsonRpcReducer } from './json-rpc.js'
import { LogEventReducer } from './log-events.js'
import { toolOutcomeOf } from './words.js'

/**
 * Reduces what Codex (0.169) says through its app-server, its log events, its hooks and its model's
 * answers.
 */
export function codexReducer(session: SessionReducer): AgentReducer {
  const questions = new HookQuestions(session.approvals)
  const jsonRpc = new JsonRpcReducer(session)
  const reducers = [
    jsonRpc,
    new LogEventReducer(session, { questions, jsonRpc }),
    new HookReducer(session, questions),
    new CalledTools(session),
  ]
  return {
    observe(observation) {
      observeCalls(observation, session)
      for (const reducer of reducers) reducer.observe(observation)
    },
  }
}

/**
 * Handles a call in an answer: its facts are known before the tool runs, and a tool that the API
 * runs starts at once.
 */
export function observeCalls(observation: Observation, { tools }: SessionReducer): void {
  if (observation.kind === 'tool-called') {
    const { callId, conversation, at, isHosted } = observation
    tools.learn(callId, calledFacts(observation), 'model')
    if (isHosted === true) tools.start(callId, conversation, at)
  } else if (observation.kind === 'hosted-tool-ended') {
    const { callId, at, status, input } = observation
    if (input !== undefined) tools.learn(callId, inputFacts(input))
    tools.end(callId, at, { status, outcome: toolOutcomeOf(status) })
  }
}
