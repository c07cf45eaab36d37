import type { AgentTaps, Heard, RecordedAgent } from '../agents/agent.js'
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

/** Listening taps, and the agent's start that leads it to them. */
export type ListeningTaps = TappedStart & {
  /** What of the agent's words comes to Tacho. */
  heard: Heard
  /** Called when the agent has started, and is busy with itself. */
  started(): void
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
  /** Shows the user a sentence, once. */
  tell: (sentence: string) => void
}

/** Starts the taps that listen for an agent; one that cannot start is reported in the log. */
export async function startTaps(options: StartTapsOptions): Promise<ListeningTaps> {
  const { title, agent, taps, args, late } = options
  const { certificateVariable } = agent
  const environment = taps.environment ?? options.environment
  const peers = await Peers.open()
  // All processes started here are the agent's.
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
    heard: { logEvents: otlp !== undefined, requests: http.length > 0 },
    started() {
      for (const { started } of http) started()
    },
    async close() {
      await Promise.all([...http.map(({ close }) => close()), otlp?.close()])
      peers.close()
    },
  }
}

/** The HTTP tap, and how to redirect an agent's requests to it. */
type ListeningHttpTap = Pick<OtlpTap, 'redirect' | 'close'> & Pick<ListeningTaps, 'started'>

/** `Array.isArray` does not narrow to a read-only list. */
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
      ...(taps.onToolCall !== undefined && { onToolCall: taps.onToolCall }),
    })
    const redirect = upstream.redirect(tap.baseUrl)
    const isTwice = recordsItself(options.environment)
    return {
      redirect: isTwice ? (start) => tapped(tap.baseUrl)(redirect(start)) : redirect,
      // While the agent gets ready, not when it waits for an answer.
      started() {
        if (upstream.expected !== undefined) void tap.connectAhead(upstream.expected)
      },
      close: () => tap.close(),
    }
  } catch (error) {
    return { reason: String(error) }
  }
}
