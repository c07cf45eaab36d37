import { setTimeout as pause } from 'node:timers/promises'
import type { AgentTaps, RecordedAgent } from '../agents/agent.js'
import { basicAuthorization } from '../network/basic-authorization.js'
import { networkOf } from '../network/network.js'
import { pastProxies } from '../network/past-proxies.js'
import { Peers } from '../network/peer.js'
import { HttpTap } from '../taps/http/http-tap.js'
import type { Upstream } from '../taps/http/upstream.js'
import type { LateRecording } from '../taps/late-recording.js'
import type { NoTap } from '../taps/no-tap.js'
import { type OtlpTap, startOtlpTap } from '../taps/otlp/otlp-tap.js'
import type { TappedStart } from '../taps/start-change.js'
import { recordsItself, tapped } from '../taps/tapped.js'

/** Codex takes four times as long until it connects, and so much is left for the recording to be opened. */
const AHEAD_MILLISECONDS = 40

/** Taps that listen, and what the agent is started with so that it comes to them. */
export type ListeningTaps = TappedStart & {
  /** The agent's log events come to us. */
  hearsLogEvents: boolean
  /**
   * Is told that the agent has started. Done when it is known whether its API can be reached, or after
   * {@link AHEAD_MILLISECONDS}: what takes the processor for long meanwhile has an agent connect to a
   * port that is about to refuse, and lose one of its tries.
   */
  started(): Promise<void>
  close(): Promise<void>
}

export type StartTapsOptions = {
  /** The agent's name in a sentence. */
  title: string
  agent: RecordedAgent
  taps: AgentTaps
  args: readonly string[]
  environment: NodeJS.ProcessEnv
  late: LateRecording
  /** What the user has to know: a sentence, once. */
  tell: (sentence: string) => void
}

/** Starts the taps that listen for an agent; where one of them cannot be, it says so in the log. */
export async function startTaps(options: StartTapsOptions): Promise<ListeningTaps> {
  const { title, agent, taps, args, late } = options
  const { certificateVariable } = agent
  const environment = taps.environment ?? options.environment
  const peers = await Peers.open()
  // All that we start is the agent's.
  peers.agentIs(process.pid)
  const otlp =
    taps.otlp &&
    (await startOtlpTap(taps.otlp, { title, environment, certificateVariable, late, peers }))
  const http: ListeningHttpTap[] = []
  for (const upstream of isList(taps.http) ? taps.http : [taps.http]) {
    const tap = await startHttpTap(upstream, { ...options, otlp, peers })
    if ('reason' in tap) {
      const sentence = `no requests are recorded: ${tap.reason}`
      if (!tap.isToldByAgent) options.tell(sentence)
      late.log('warn', 'tacho', sentence)
    } else http.push(tap)
  }
  const redirected = http.reduce((start: TappedStart, { redirect }) => redirect(start), {
    args,
    environment: pastProxies(options.environment),
  })
  return {
    ...(otlp === undefined ? redirected : otlp.redirect(redirected)),
    hearsLogEvents: otlp !== undefined,
    async started() {
      const known = Promise.all(http.map(({ started }) => started()))
      await Promise.race([known, pause(AHEAD_MILLISECONDS, undefined, { ref: false })])
    },
    async close() {
      await Promise.all([...http.map(({ close }) => close()), otlp?.close()])
      peers.close()
    },
  }
}

/** The HTTP tap, and what leads an agent's requests through it. */
type ListeningHttpTap = Pick<OtlpTap, 'redirect' | 'close'> & Pick<ListeningTaps, 'started'>

/** `Array.isArray` takes no list that is read-only for one. */
export function isList<One extends object>(one: One | readonly One[]): one is readonly One[] {
  return Array.isArray(one)
}

async function startHttpTap(
  upstream: Upstream | NoTap,
  options: StartTapsOptions & { otlp: OtlpTap | undefined; peers: Peers },
): Promise<ListeningHttpTap | NoTap> {
  if ('reason' in upstream) return upstream
  const { agent, taps, late, peers, tell, otlp } = options
  const { conversationOfMessage, certificateVariable } = agent
  const { conversationOf = agent.conversationOf, environment = options.environment } = taps
  const network = networkOf(environment, {
    certificateVariable,
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
      upstream: upstream.upstream,
      base: upstream.base,
      authorization: upstream.userInfo && basicAuthorization(upstream.userInfo),
      provider: upstream.name,
      speaksOverSocket: upstream.speaksOverSocket,
      idleTimeout: upstream.idleTimeout,
      network,
      conversationOf,
      conversationOfMessage,
      needsBody: agent.needsBody,
      ...(otlp !== undefined && { declines: otlp.declines }),
      ...(taps.onExchange !== undefined && { onExchange: taps.onExchange }),
    })
    const redirect = upstream.redirect(tap.baseUrl)
    const isTwice = recordsItself(options.environment)
    return {
      redirect: isTwice ? (start) => tapped(tap.baseUrl)(redirect(start)) : redirect,
      // While the agent gets ready, and not when it waits for an answer.
      async started() {
        if (upstream.expected !== undefined) await tap.connectAhead(upstream.expected)
      },
      close: () => tap.close(),
    }
  } catch (error) {
    return { reason: String(error) }
  }
}
