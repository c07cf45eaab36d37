import { type Network, networkOf } from '../../network/network.js'
import type { Peers } from '../../network/peer.js'
import type { LateRecording } from '../late-recording.js'
import type { NoTap } from '../no-tap.js'
import type { StartChange } from '../start-change.js'
import type { Forwarder } from './forwarder.js'
import type { LogExport } from './log-export.js'
import { OtlpReceiver } from './otlp-receiver.js'

/** A running receiver of an agent's log events. */
export type OtlpTap = {
  redirect: StartChange
  declines: (path: string) => boolean
  /** Forwards what is queued to the user's own endpoint, and stops. */
  close(): Promise<void>
}

export type OtlpTapOptions = {
  /** The agent's name in a sentence. */
  title: string
  environment: NodeJS.ProcessEnv
  certificateVariable: string
  late: LateRecording
  peers: Peers
}

/**
 * Starts to receive an agent's log events; if that is not possible, logs why and returns undefined.
 * Never throws.
 */
export async function startOtlpTap(
  logExport: LogExport | NoTap,
  options: OtlpTapOptions,
): Promise<OtlpTap | undefined> {
  const { title, late } = options
  if ('reason' in logExport) {
    late.log('info', 'tacho', `${title}'s log events are not recorded: ${logExport.reason}`)
    return undefined
  }
  try {
    return await listen(logExport, options)
  } catch (error) {
    late.log('warn', 'tacho', `${title}'s log events are not recorded: ${String(error)}`)
    return undefined
  }
}

async function listen(
  { redirect, own, onLogs, onSpans, sendsMetrics, declines = () => false }: LogExport,
  options: OtlpTapOptions,
): Promise<OtlpTap> {
  const { late, peers } = options
  const forwarder = own && (await openForwarder(own, options))
  const receiver = await OtlpReceiver.start({
    peers,
    onLogs: (records) => late.with((recording) => onLogs(records, recording)),
    ...(onSpans !== undefined && {
      onSpans: (spans) => late.with((recording) => onSpans(spans, recording)),
    }),
    takesMetrics: sendsMetrics === true,
    ...(forwarder !== undefined && { forwarders: { logs: forwarder } }),
  })
  const { secret } = receiver
  if (secret !== undefined) late.with(({ scrubber }) => scrubber.learn(secret, 'tap'))
  return {
    redirect: redirect(receiver.endpoint('logs'), receiver.endpoint('traces')),
    declines,
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
  { endpoint, certificate }: NonNullable<LogExport['own']>,
  options: OtlpTapOptions,
): Promise<Forwarder> {
  // Loaded only if the user has an endpoint: other agents do not wait for undici to load.
  const { Forwarder } = await import('./forwarder.js')
  return new Forwarder({ endpoint, network: networkFor(certificate, options) })
}

function networkFor(
  certificate: string | undefined,
  { environment, certificateVariable, late }: OtlpTapOptions,
): Network {
  const own = certificate === undefined ? {} : { [certificateVariable]: certificate }
  return networkOf(
    { ...environment, ...own },
    { certificateVariable, onProblem: ({ message }) => late.log('warn', 'tacho', message) },
  )
}
