import { isUuid } from '@tacho/format'
import { AcpSessions } from '../../taps/acp/sessions.js'
import { tapAcp } from '../../taps/acp/tap-acp.js'
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

function tapsOf({ mode, args, cwd, program, environment }: TappedRun): AgentTaps {
  const effective = effectiveEnvironment(cwd, environment)
  const chats = new Chats(effective)
  const isAcp = mode.name === 'acp'
  const sessions = new AcpSessions()
  const started = isAcp ? { options: [] } : startedSession(args, program)
  let sessionId = started.id
  return {
    environment: effective,
    http: upstreamOf(selectedAuth(cwd, effective), effective),
    ...(started.options.length > 0 && { change: addOptions(started.options) }),
    ...(isAcp && { acp: (start, recording) => tapAcp({ start, recording, sessions }) }),
    conversationOf(request) {
      // An editor has several sessions, and no request says of which it is.
      if (isAcp) return conversationOf(request, sessions.working)
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
