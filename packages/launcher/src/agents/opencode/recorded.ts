import { tapAcp } from '../../taps/acp/tap-acp.js'
import type { NoTap } from '../../taps/no-tap.js'
import type { AgentTaps, RecordedAgent, TappedRun } from '../agent.js'
import { BadConfig, type OpencodeConfig, readConfig, readLogins } from './config.js'
import { Conversations } from './conversation.js'
import { providerOf, providersOf } from './providers.js'
import { tapServer } from './server-tap.js'
import { optionValue } from './subcommand.js'

/** What opencode provides for a recorded run. */
export const recorded: RecordedAgent = {
  isSessionId: (id) => /^ses_[0-9A-Za-z]{1,100}$/.test(id),
  // The variable of Bun, on which opencode is built; it is the same as Node's.
  certificateVariable: 'NODE_EXTRA_CA_CERTS',
  conversationOf: (request, body) => new Conversations().of(request, body),
  needsBody: true,
  conversationOfMessage: (_message, upgrade) => upgrade,
  tapsOf,
}

function tapsOf(run: TappedRun): AgentTaps {
  const { mode, args, cwd, environment, late } = run
  const conversations = new Conversations()
  const read = configOf(cwd, environment)
  return {
    http: 'reason' in read ? read : httpOf(run, read.config),
    ...('config' in read &&
      hasKnownServer(mode.name, args) && {
        serverEvents: (start) => tapServer({ start, config: read.config, conversations, late }),
      }),
    ...(mode.name === 'acp' && { acp: (start, recording) => tapAcp({ start, recording }) }),
    conversationOf(request, body) {
      const conversation = conversations.of(request, body)
      if (mode.name !== 'acp') return conversation
      // In this mode a turn is what the editor asks for, from its prompt to the answer.
      const { turnId: _, ...place } = conversation
      return place
    },
  }
}

// `opencode run` has no server, and rejects whatever needs approval. A server that the user starts
// keeps the user's port: if none is named, it is unknown.
function hasKnownServer(mode: string, args: readonly string[]): boolean {
  const isServer = mode === 'serve' || mode === 'web'
  return mode === 'tui' || (isServer && optionValue(args, '--port') !== undefined)
}

function configOf(cwd: string, environment: NodeJS.ProcessEnv): { config: OpencodeConfig } | NoTap {
  try {
    return { config: readConfig(cwd, environment) }
  } catch (error) {
    // opencode itself reports errors in its configuration when it starts.
    if (error instanceof BadConfig) return { reason: error.message, isToldByAgent: true }
    throw error
  }
}

function httpOf({ args, environment, late }: TappedRun, config: OpencodeConfig): AgentTaps['http'] {
  const chosen = providerOf(optionValue(args, '--model') ?? optionValue(args, '-m') ?? config.model)
  const logins = readLogins(environment)
  const { upstreams, past } = providersOf(config, { logins, environment, chosen })
  for (const { id, reason } of past)
    late.log('warn', 'tacho', `requests to ${id} are not recorded: ${reason}`)
  const missed = past.find(({ id }) => id === chosen)
  return missed === undefined ? upstreams : { reason: `${missed.id}: ${missed.reason}` }
}
