import { isUuid } from '@tacho/format'
import type { Session } from '@tacho/recorder'
import type { TomlTable } from 'smol-toml'
import type { NoTap } from '../../taps/no-tap.js'
import type { AgentTaps, RecordedAgent, TappedRun } from '../agent.js'
import { upstreamIn } from './acp-adapter.js'
import { tapStdio } from './app-server/tap-stdio.js'
import { CERTIFICATE_VARIABLE } from './certificate-variable.js'
import { BadConfig, readConfig } from './config.js'
import { conversationOf, conversationOfMessage } from './conversation.js'
import { cwdOf } from './cwd.js'
import { codexHome } from './home.js'
import { logExportFor } from './otel-export.js'
import { providerOf } from './provider.js'
import { Rollouts } from './rollouts.js'
import { tapTui } from './tui/tui-tap.js'

/** What Codex provides for a recorded run. */
export const recorded: RecordedAgent = {
  isSessionId: isUuid,
  certificateVariable: CERTIFICATE_VARIABLE,
  cwdOf,
  conversationOf,
  conversationOfMessage,
  upstreamIn,
  tapsOf,
}

function tapsOf({ mode, args, environment, late }: TappedRun): AgentTaps {
  const rollouts = new Rollouts(codexHome(environment))
  const onThread = (threadId: string, session: Session) => rollouts.noteThread(threadId, session)
  const read = configOf(args, environment)
  return {
    ...('reason' in read ? { http: read } : tapsByConfig(read.config)),
    ...(mode.name === 'app-server' && {
      jsonRpc: (start, recording) => tapStdio({ start, args, recording, onThread }),
    }),
    ...(mode.name === 'tui' && {
      hooks: (start, { logEvents }) => tapTui({ start, args, late, hearsDecisions: logEvents }),
    }),
    onExchange(conversation, recording) {
      const { threadId } = conversation
      if (threadId !== undefined) {
        recording.noteThread(threadId, recording.latest)
        rollouts.noteThread(threadId, recording.latest)
      }
      rollouts.link()
    },
    close: () => rollouts.close(),
  }

  function tapsByConfig(config: TomlTable): Pick<AgentTaps, 'http' | 'otlp'> {
    return {
      http: providerOf(config, args, environment),
      otlp: logExportFor({ config, environment }),
    }
  }
}

function configOf(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): { config: TomlTable } | NoTap {
  try {
    return { config: readConfig(args, environment) }
  } catch (error) {
    // Codex itself reports errors in its configuration when it starts.
    if (error instanceof BadConfig) return { reason: error.message, isToldByAgent: true }
    throw error
  }
}
