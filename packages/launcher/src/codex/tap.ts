import type { Recording } from '@tacho/recorder'
import type { TomlTable } from 'smol-toml'
import { HttpTap } from '../http-tap/http-tap.js'
import { hasProxy } from '../http-tap/upstream.js'
import { BadConfig, readConfig } from './config.js'
import { conversationOf } from './conversation.js'
import { NO_OTEL_TAP, startOtelTap } from './otel-tap.js'
import { type NoTap, providerOf } from './provider.js'
import type { Rollouts } from './rollouts.js'
import { withOptions } from './subcommand.js'
import { TurnMoments } from './turn-moments.js'

/** What Codex is started with so that its requests pass through us and its events come to us. */
export type CodexTap = {
  args: string[]
  environment: NodeJS.ProcessEnv
  hasRefusedUpgrade: () => boolean
  close(): Promise<void>
}

/** Starts the HTTP tap and the OTLP receiver; where one of them cannot be, it says so in the log. */
export async function startTap(options: {
  args: readonly string[]
  environment: NodeJS.ProcessEnv
  recording: Recording
  rollouts: Rollouts
}): Promise<CodexTap> {
  const { args, environment, recording, rollouts } = options
  const turns = new TurnMoments()
  const read = configOf(args, environment)
  const otel =
    'config' in read
      ? await startOtelTap({ config: read.config, environment, recording, turns })
      : NO_OTEL_TAP
  const provider = 'config' in read ? providerOf(read.config, args) : read
  if ('reason' in provider) {
    recording.log('warn', 'tacho', `no requests are recorded: ${provider.reason}`)
    return {
      args: withOptions(args, otel.options),
      environment: pastProxies(environment),
      hasRefusedUpgrade: () => false,
      close: otel.close,
    }
  }
  const tap = await HttpTap.start({
    recording,
    upstream: provider.upstream,
    provider: provider.name,
    idleTimeout: provider.idleTimeout,
    environment,
    conversationOf,
    declines: otel.declines,
    onExchange(conversation) {
      const { threadId } = conversation
      if (threadId !== undefined) rollouts.noteThread(threadId, recording.latest)
      turns.note(conversation, recording.latest, recording.now())
      rollouts.link()
    },
  })
  return {
    args: withOptions(args, [
      ...provider.redirect((upstream) => tap.baseUrl(upstream)),
      ...otel.options,
    ]),
    environment: pastProxies(environment),
    hasRefusedUpgrade: () => tap.refusedUpgrades > 0,
    async close() {
      await Promise.all([tap.close(), otel.close()])
    },
  }
}

function configOf(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): { config: TomlTable } | NoTap {
  try {
    return { config: readConfig(args, environment) }
  } catch (error) {
    // What is wrong with its configuration, Codex says itself when it starts.
    if (error instanceof BadConfig) return { reason: error.message }
    throw error
  }
}

/** The agent's requests to us must not take the user's proxy, which could not reach us. */
function pastProxies(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (!hasProxy(environment)) return environment
  const noProxy = [environment.no_proxy || environment.NO_PROXY, '127.0.0.1']
    .filter(Boolean)
    .join(',')
  return { ...environment, no_proxy: noProxy, NO_PROXY: noProxy }
}
