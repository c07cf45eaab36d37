import type { TomlTable } from 'smol-toml'
import { basicAuthorization } from '../../network/basic-authorization.js'
import { networkOf } from '../../network/network.js'
import { pastProxies } from '../../network/past-proxies.js'
import { Peers } from '../../network/peer.js'
import type { LateRecording } from '../../run/late-recording.js'
import { HttpTap } from '../../taps/http/http-tap.js'
import { CERTIFICATE_VARIABLE } from './certificate-variable.js'
import { BadConfig, readConfig } from './config.js'
import { conversationOf, conversationOfMessage } from './conversation.js'
import { NO_OTEL_TAP, type OtelTap, startOtelTap } from './otel-tap.js'
import { type NoTap, type Provider, providerOf } from './provider.js'
import type { Rollouts } from './rollouts.js'
import { withOptions } from './subcommand.js'
import { HookEvents } from './tui/hook-events.js'
import { HookQuestions } from './tui/hook-questions.js'
import { TurnMoments } from './turn-moments.js'

/** What Codex is started with so that its requests pass through us and its events come to us. */
export type CodexTap = {
  args: string[]
  environment: NodeJS.ProcessEnv
  /** Takes what Codex's hooks tell, where they are asked for. */
  hooks: HookEvents
  /** Is told that the agent has started. */
  started(): void
  close(): Promise<void>
}

export type CodexTapOptions = {
  args: readonly string[]
  environment: NodeJS.ProcessEnv
  late: LateRecording
  rollouts: Rollouts
  /** What the user has to know: a sentence, once. */
  tell: (sentence: string) => void
}

/** Starts the HTTP tap and the OTLP receiver; where one of them cannot be, it says so in the log. */
export async function startTap(options: CodexTapOptions): Promise<CodexTap> {
  const { args, environment, late } = options
  const turns = new TurnMoments()
  const questions = new HookQuestions()
  const peers = await Peers.open()
  // All that we start is the agent's.
  peers.agentIs(process.pid)
  const read = configOf(args, environment)
  const otel =
    'config' in read
      ? await startOtelTap({ config: read.config, environment, late, turns, peers, questions })
      : NO_OTEL_TAP
  const provider = 'config' in read ? providerOf(read.config, args, environment) : read
  const found =
    'reason' in provider ? provider : await startHttpTap(provider, { otel, turns, peers }, options)
  if ('reason' in found) late.log('warn', 'tacho', `no requests are recorded: ${found.reason}`)
  const http = 'reason' in found ? NO_HTTP_TAP : found
  return {
    args: withOptions(args, [...http.redirect, ...otel.options]),
    environment: pastProxies(environment),
    hooks: new HookEvents({ turns, questions, hearsDecisions: otel !== NO_OTEL_TAP }),
    started: () => http.started(),
    async close() {
      await Promise.all([http.close(), otel.close()])
      peers.close()
    },
  }
}

/** The HTTP tap, and Codex's own options that lead its requests through it. */
type RunningHttpTap = { redirect: string[] } & Pick<CodexTap, 'started' | 'close'>

const NO_HTTP_TAP: RunningHttpTap = {
  redirect: [],
  started: () => {},
  close: async () => {},
}

async function startHttpTap(
  provider: Provider,
  { otel, turns, peers }: { otel: OtelTap; turns: TurnMoments; peers: Peers },
  { environment, late, rollouts, tell }: CodexTapOptions,
): Promise<RunningHttpTap | NoTap> {
  const network = networkOf(environment, {
    certificateVariable: CERTIFICATE_VARIABLE,
    onProblem({ message }) {
      tell(message)
      late.log('warn', 'tacho', message)
    },
  })
  try {
    const tap = await HttpTap.start({
      late,
      peers,
      tell,
      upstream: provider.upstream,
      base: provider.base,
      authorization: provider.userInfo && basicAuthorization(provider.userInfo),
      provider: provider.name,
      speaksOverSocket: provider.speaksOverSocket,
      idleTimeout: provider.idleTimeout,
      network,
      conversationOf,
      conversationOfMessage,
      declines: otel.declines,
      onExchange(conversation, recording) {
        const { threadId } = conversation
        if (threadId !== undefined) rollouts.noteThread(threadId, recording.latest)
        turns.note(conversation, recording.latest, recording.now())
        rollouts.link()
      },
    })
    return {
      redirect: provider.redirect(tap.baseUrl),
      // While the agent gets ready, and not when it waits for an answer.
      started: () => tap.connectAhead(provider.expected),
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
