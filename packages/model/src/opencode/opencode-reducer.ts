import { CalledTools } from '../codex/called-tools.js'
import { observeCalls } from '../codex/codex-reducer.js'
import type { AgentReducer, SessionReducer } from '../session/session-reducer.js'
import { ServerEventReducer } from './server-events.js'
import { OpencodeTurns } from './turns.js'

/**
 * Reduces what opencode (1.18) says through the events of its own server and, if it has no server
 * (`opencode run`), through its model's answers and the requests that follow.
 */
export function opencodeReducer(session: SessionReducer): AgentReducer {
  const turns = new OpencodeTurns(session)
  const events = new ServerEventReducer(session, turns)
  const called = new CalledTools(session)
  return {
    observe(observation) {
      observeCalls(observation, session)
      if (observation.kind === 'server-event') events.observe(observation)
      else {
        if (observation.kind === 'exchange-started')
          events.goesOn(observation.conversation, observation.at)
        const taps = session.run?.taps ?? []
        if (taps.includes('server-events')) return
        // No request follows a call that `opencode run` refuses, so its tool begins with the call.
        if (observation.kind === 'tool-called' && observation.isHosted !== true) {
          const { callId, conversation, at } = observation
          if (!taps.includes('acp')) session.tools.start(callId, conversation, at)
        }
        called.observe(observation)
      }
    },
    placeOf: (conversation, { exchange }) => turns.placeOf(conversation, exchange),
  }
}
