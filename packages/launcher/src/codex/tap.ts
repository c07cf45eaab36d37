import type { Recording } from '@tacho/recorder'
import type { TomlTable } from 'smol-toml'
import { HttpTap } from '../http-tap/http-tap.js'
import { pastProxies } from '../network/past-proxies.js'
import { BadConfig, readConfig } from './config.js'
import { conversationOf } from './conversation.js'
import { NO_OTEL_TAP, type OtelTap, startOtelTap } from './otel-tap.js'
import { type NoTap, type Provider, providerOf } from './provider.js'
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

export type CodexTapOptions = {
  args: readonly string[]
  environment: NodeJS.ProcessEnv
  recording: Recording
  rollouts: Rollouts
}

/** Starts the HTTP tap and the OTLP receiver; where one of them cannot be, it says so in the log. */
export async function startTap(options: CodexTapOptions): Promise<CodexTap> {
  const { args, environment, recording } = options
  const turns = new TurnMoments()
  const read = configOf(args, environment)
  const otel =
    'config' in read
      ? await startOtelTap({ config: read.config, environment, recording, turns })
      : NO_OTEL_TAP
  const provider = 'config' in read ? providerOf(read.config, args) : read
  const found = 'reason' in provider ? provider : await startHttpTap(provider, otel, turns, options)
  if ('reason' in found) recording.log('warn', 'tacho', `no requests are recorded: ${found.reason}`)
  const http = 'reason' in found ? NO_HTTP_TAP : found
  return {
    args: withOptions(args, [...http.redirect, ...otel.options]),
    environment: pastProxies(environment),
    hasRefusedUpgrade: http.hasRefusedUpgrade,
    async close() {
      await Promise.all([http.close(), otel.close()])
    },
  }
}

/** The HTTP tap, and Codex's own options that lead its requests through it. */
type RunningHttpTap = { redirect: string[] } & Pick<CodexTap, 'hasRefusedUpgrade' | 'close'>

const NO_HTTP_TAP: RunningHttpTap = {
  redirect: [],
  hasRefusedUpgrade: () => false,
  close: async () => {},
}

async function startHttpTap(
  provider: Provider,
  otel: OtelTap,
  turns: TurnMoments,
  { environment, recording, rollouts }: CodexTapOptions,
): Promise<RunningHttpTap | NoTap> {
  try {
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
      redirect: provider.redirect((upstream) => tap.baseUrl(upstream)),
      hasRefusedUpgrade: () => tap.refusedUpgrades > 0,
      close: () => tap.close(),
    }
  } catch (error) {
    return { reason: String(error) }
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
