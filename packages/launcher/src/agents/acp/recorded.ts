import { isSessionId } from '@tacho/format'
import { AcpSessions } from '../../taps/acp/sessions.js'
import { tapAcp } from '../../taps/acp/tap-acp.js'
import type { AgentTaps, RecordedAgent, TappedRun } from '../agent.js'
import { chosenBaseUrls } from '../base-url-options.js'
import { upstreamsOf } from '../base-urls.js'
import { conversationWith } from './conversation.js'

/** What an agent brings to a recorded run that speaks the Agent Client Protocol. */
export const recorded: RecordedAgent = {
  isSessionId: isUnique,
  certificateVariable: 'NODE_EXTRA_CA_CERTS',
  conversationOf: () => ({}),
  conversationOfMessage: (_message, upgrade) => upgrade,
  tapsOf,
}

function tapsOf({ program, args, options, environment, late }: TappedRun): AgentTaps {
  const sessions = new AcpSessions(() =>
    late.log('warn', 'tacho', 'this connection has too many sessions: the last one has all others'),
  )
  return {
    http: upstreamsOf(chosenBaseUrls(options, environment, [program, ...args])),
    acp: (start, recording) => tapAcp({ start, recording, sessions }),
    conversationOf: conversationWith(sessions),
  }
}

/**
 * Whether an id names one session of all agents, whose folders stand side by side. Agents that count
 * theirs (`session-1`) would write into each other's.
 */
function isUnique(id: string): boolean {
  return isSessionId(id) && id.length >= 16 && /\d/.test(id)
}
