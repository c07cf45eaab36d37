import { basename } from 'node:path'
import { cut, isSessionId } from '@tacho/format'
import { AcpSessions } from '../../taps/acp/sessions.js'
import { tapAcp } from '../../taps/acp/tap-acp.js'
import type { AgentTaps, RecordedAgent, TappedRun } from '../agent.js'
import { chosenBaseUrls } from '../base-url-options.js'
import { upstreamsOf } from '../base-urls.js'
import { adapterUpstream, isAcpAdapter } from '../codex/acp-adapter.js'
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
    http: httpOf({ program, args, options, environment, late }),
    title: titleOf(program),
    acp: (start, recording) => {
      const onName = (name: string) => recording.noteAgentTitle(titleOf(name))
      return tapAcp({ start, recording, sessions, onName })
    },
    conversationOf: conversationWith(sessions),
  }
}

function httpOf(run: Pick<TappedRun, 'program' | 'args' | 'options' | 'environment' | 'late'>) {
  const { options, environment, late } = run
  const words = [run.program, ...run.args]
  const upstreams = upstreamsOf(chosenBaseUrls(options, environment, words))
  if (!isAcpAdapter(words)) return upstreams
  const codex = adapterUpstream(environment)
  if (!('reason' in codex)) return [codex, ...upstreams]
  late.log('warn', 'tacho', `the requests of Codex are not recorded: ${codex.reason}`)
  return upstreams
}

/** The last part of a path, or of a package's name: `@agentclientprotocol/codex-acp` is `codex-acp`. */
function titleOf(name: string): string {
  return cut(basename(name), TITLE_CHARACTERS)
}

const TITLE_CHARACTERS = 80

/**
 * Whether an id names one session of all agents, whose folders stand side by side. Agents that count
 * theirs (`session-1`) would write into each other's.
 */
function isUnique(id: string): boolean {
  return isSessionId(id) && id.length >= 16 && /\d/.test(id)
}
