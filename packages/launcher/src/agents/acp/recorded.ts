import { basename } from 'node:path'
import { cut, isSessionId } from '@tacho/format'
import { AcpSessions } from '../../taps/acp/sessions.js'
import { tapAcp } from '../../taps/acp/tap-acp.js'
import type { Upstream } from '../../taps/http/upstream.js'
import type { AgentTaps, RecordedAgent, TappedRun } from '../agent.js'
import { chosenBaseUrls } from '../base-url-options.js'
import { upstreamsOf } from '../base-urls.js'
import { conversationWith } from './conversation.js'

/** What a recorded run of an Agent Client Protocol agent needs. */
export const recorded: RecordedAgent = {
  isSessionId: isUnique,
  certificateVariable: 'NODE_EXTRA_CA_CERTS',
  conversationOf: () => ({}),
  conversationOfMessage: (_message, upgrade) => upgrade,
  tapsOf,
}

function tapsOf(run: TappedRun): AgentTaps {
  const { program, late, others = [] } = run
  const sessions = new AcpSessions(() =>
    late.log('warn', 'tacho', 'this connection has too many sessions: the last one has all others'),
  )
  return {
    http: httpOf(run),
    title: titleOf(program),
    acp: (start, recording) => {
      const onName = (name: string) => recording.noteAgentTitle(titleOf(name))
      return tapAcp({ start, recording, sessions, onName })
    },
    conversationOf: conversationWith(sessions, others),
  }
}

function httpOf({ program, args, options, environment, others = [], late }: TappedRun): Upstream[] {
  const words = [program, ...args]
  const within = others.flatMap(({ upstreamIn }) => upstreamIn?.(words, environment) ?? [])
  const led = within.filter((one): one is Upstream => !('reason' in one))
  for (const one of within)
    if ('reason' in one)
      late.log('warn', 'tacho', `requests of the agent within are not recorded: ${one.reason}`)
  return [...led, ...upstreamsOf(chosenBaseUrls(options, environment, words))]
}

/**
 * Returns the last part of a path, or of a package's name: `@agentclientprotocol/codex-acp` is
 * `codex-acp`.
 */
function titleOf(name: string): string {
  return cut(basename(name), TITLE_CHARACTERS)
}

const TITLE_CHARACTERS = 80

/**
 * Whether an id is unique among the sessions of all agents, whose folders are siblings. Agents that
 * number theirs (`session-1`) would write into each other's.
 */
function isUnique(id: string): boolean {
  return isSessionId(id) && id.length >= 16 && /\d/.test(id)
}
