import { resolve } from 'node:path'
import type { TomlTable } from 'smol-toml'
import { networkOf } from '../../network/network.js'
import type { Peers } from '../../network/peer.js'
import type { LateRecording } from '../../run/late-recording.js'
import type { Forwarder } from '../../taps/otlp/forwarder.js'
import { OtlpReceiver } from '../../taps/otlp/otlp-receiver.js'
import { CERTIFICATE_VARIABLE } from './certificate-variable.js'
import { codexHome } from './home.js'
import { OtelEvents } from './otel-events.js'
import { asksForCosts, type LogExport, logExportOf } from './otel-overrides.js'
import type { HookQuestions } from './tui/hook-questions.js'
import type { TurnMoments } from './turn-moments.js'

/** What makes Codex tell us its log events. */
export type OtelTap = {
  /** Codex's own options for that. */
  options: string[]
  /**
   * Whether Codex asks with this path for something that it would not ask for without us: then its
   * provider does not hear of it.
   */
  declines: (path: string) => boolean
  /** Sends what waits on to the user's own endpoint, and stops. */
  close(): Promise<void>
}

/** Codex keeps its log events to itself, or sends them where it would without us. */
export const NO_OTEL_TAP: OtelTap = { options: [], declines: () => false, close: async () => {} }

/**
 * Starts to receive Codex's log events, or says in the log why that is left out. Never throws.
 *
 * @param config Codex's effective configuration.
 */
export async function startOtelTap(options: {
  config: TomlTable
  environment: NodeJS.ProcessEnv
  late: LateRecording
  turns: TurnMoments
  peers: Peers
  questions: HookQuestions
}): Promise<OtelTap> {
  const { config, late } = options
  const logExport = logExportOf(config)
  if ('reason' in logExport) {
    late.log('info', 'tacho', `Codex's log events are not recorded: ${logExport.reason}`)
    return NO_OTEL_TAP
  }
  try {
    return await listen(logExport, options)
  } catch (error) {
    late.log('warn', 'tacho', `Codex's log events are not recorded: ${String(error)}`)
    return NO_OTEL_TAP
  }
}

async function listen(
  { redirect, own }: LogExport,
  options: Parameters<typeof startOtelTap>[0],
): Promise<OtelTap> {
  const { config, environment, late, turns, peers, questions } = options
  const forwarder = own && (await openForwarder(own, environment, late))
  let events: OtelEvents | undefined
  const receiver = await OtlpReceiver.start({
    peers,
    onLogs: (records) =>
      late.with((recording) => {
        events ??= new OtelEvents({ recording, turns, questions })
        events.take(records)
      }),
    ...(forwarder !== undefined && { forwarders: { logs: forwarder } }),
  })
  const { secret } = receiver
  if (secret !== undefined) late.with(({ scrubber }) => scrubber.learn(secret, 'tap'))
  const hasCosts = asksForCosts(config)
  return {
    options: redirect(receiver.endpoint('logs')),
    declines: (path) => !hasCosts && /\/analytics\/codex\/turn-costs($|\?)/.test(path),
    async close() {
      await receiver.close()
      const lost = await forwarder?.close()
      if (lost === undefined) return
      const { exports, bytes, reason } = lost
      const to = own?.endpoint.host
      late.log(
        'warn',
        'tacho',
        `${exports} exports (${bytes} bytes) did not reach ${to}: ${reason}`,
      )
    },
  }
}

async function openForwarder(
  { endpoint, caCertificate }: NonNullable<LogExport['own']>,
  environment: NodeJS.ProcessEnv,
  late: LateRecording,
): Promise<Forwarder> {
  // Loaded where a user has an endpoint of his own: all others wait for Codex, not for undici.
  const { Forwarder } = await import('../../taps/otlp/forwarder.js')
  // A path in Codex's configuration is relative to its home.
  const certificate = caCertificate && resolve(codexHome(environment), caCertificate)
  const network = networkOf(
    certificate === undefined
      ? environment
      : { ...environment, [CERTIFICATE_VARIABLE]: certificate },
    {
      certificateVariable: CERTIFICATE_VARIABLE,
      onProblem: ({ message }) => late.log('warn', 'tacho', message),
    },
  )
  return new Forwarder({ endpoint, network })
}
