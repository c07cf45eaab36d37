import type { Observation, Observed } from '../observation.js'
import type { AgentReducer, SessionReducer } from '../session/session-reducer.js'
import { calledInput, toolFacts } from './called-tool.js'
import { CalledTools } from './called-tools.js'
import { HookReducer } from './hooks.js'
import { LogEventReducer } from './log-events.js'
import { Questions } from './questions.js'
import { StreamJsonReducer } from './stream-json.js'

/**
 * Reduces what Claude Code (2.1.332) says through its hooks, its log events, to its host, and in
 * its model's answers.
 */
export function claudeReducer(session: SessionReducer): AgentReducer {
  const questions = new Questions(session)
  const reducers = [
    new StreamJsonReducer(session, questions),
    new HookReducer(session, questions),
    new LogEventReducer(session, questions),
    new CalledTools(session),
  ]
  const called = ({
    callId,
    conversation,
    exchange,
    name,
    input: json,
  }: Observed<'tool-called'>) => {
    const { threadId } = conversation
    const input = calledInput(json)
    session.tools.learn(callId, toolFacts(name, input), 'model')
    questions.called({ callId, threadId, exchange, name, input })
  }
  return {
    observe(observation: Observation) {
      if (observation.kind === 'tool-called') called(observation)
      if (observation.kind === 'exchange-started')
        questions.requested(observation.conversation, observation.at)
      for (const reducer of reducers) reducer.observe(observation)
    },
  }
}
