import { isUuid } from '@tacho/format'
import type { AgentTaps, RecordedAgent, TappedRun } from '../agent.js'
import { addOptions } from '../with-options.js'
import { Chats } from './chats.js'
import { conversationOf } from './conversation.js'
import { startedSession } from './session-id.js'
import { effectiveEnvironment, selectedAuth } from './settings.js'
import { upstreamOf } from './upstream.js'

/** What Gemini CLI brings to a recorded run. */
export const recorded: RecordedAgent = {
  isSessionId: isUuid,
  // Node's own.
  certificateVariable: 'NODE_EXTRA_CA_CERTS',
  conversationOf: (request) => conversationOf(request, undefined),
  conversationOfMessage: (_message, upgrade) => upgrade,
  tapsOf,
}

function tapsOf({ args, cwd, program, environment }: TappedRun): AgentTaps {
  const effective = effectiveEnvironment(cwd, environment)
  const chats = new Chats(effective)
  const started = startedSession(args, program)
  let sessionId = started.id
  return {
    environment: effective,
    http: upstreamOf(selectedAuth(cwd, effective), effective),
    ...(started.options.length > 0 && { change: addOptions(started.options) }),
    conversationOf(request) {
      sessionId ??= chats.written()
      return conversationOf(request, sessionId)
    },
    onExchange(conversation, recording) {
      if (conversation.sessionId !== undefined)
        chats.noteSession(conversation.sessionId, recording.latest)
      void chats.link()
    },
    close: () => chats.close(),
  }
}
