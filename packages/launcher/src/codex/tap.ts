import type { Recording } from '@tacho/recorder'
import { HttpTap } from '../http-tap/http-tap.js'
import { hasProxy } from '../http-tap/upstream.js'
import { BadConfig, readConfig } from './config.js'
import { conversationOf } from './conversation.js'
import { type NoTap, type Provider, providerOf } from './provider.js'
import type { Rollouts } from './rollouts.js'
import { withOptions } from './subcommand.js'

/** What Codex is started with so that its requests pass through us. */
export type CodexTap = {
  args: string[]
  environment: NodeJS.ProcessEnv
  hasRefusedUpgrade: () => boolean
  close(): Promise<void>
}

/** Starts the HTTP tap, or, where Codex's requests cannot pass through it, says so in the log. */
export async function startTap(options: {
  args: readonly string[]
  environment: NodeJS.ProcessEnv
  recording: Recording
  rollouts: Rollouts
}): Promise<CodexTap> {
  const { args, environment, recording, rollouts } = options
  const provider = chooseProvider(args, environment)
  if ('reason' in provider) {
    recording.log('warn', 'tacho', `no requests are recorded: ${provider.reason}`)
    return { args: [...args], environment, hasRefusedUpgrade: () => false, close: async () => {} }
  }
  const tap = await HttpTap.start({
    recording,
    upstream: provider.upstream,
    provider: provider.name,
    idleTimeout: provider.idleTimeout,
    environment,
    conversationOf,
    onExchange({ threadId }) {
      if (threadId !== undefined) rollouts.noteThread(threadId, recording.latest)
      void rollouts.link()
    },
  })
  return {
    args: withOptions(
      args,
      provider.redirect((upstream) => tap.baseUrl(upstream)),
    ),
    environment: pastProxies(environment),
    hasRefusedUpgrade: () => tap.refusedUpgrades > 0,
    close: () => tap.close(),
  }
}

function chooseProvider(args: readonly string[], environment: NodeJS.ProcessEnv): Provider | NoTap {
  try {
    return providerOf(readConfig(args, environment), args)
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
