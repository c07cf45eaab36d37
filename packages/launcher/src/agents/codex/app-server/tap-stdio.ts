import type { Recording, Session } from '@tacho/recorder'
import type { AgentStart } from '../../../process/run-agent.js'
import { tapStandardStreams } from '../../../taps/json-rpc/tap-standard-streams.js'
import { observeAppServer } from './observer.js'

export type StdioTapOptions = {
  start: AgentStart
  /** Codex's own arguments. */
  args: readonly string[]
  recording: Recording
  onThread: (threadId: string, session: Session) => void
}

/**
 * Starts `codex app-server` with Tacho between it and its client on standard input and output. If
 * it is told to listen elsewhere, the start is unchanged.
 */
export function tapStdio({ start, args, recording, onThread }: StdioTapOptions): AgentStart {
  const listen = listenOf(args)
  if (listen !== 'stdio://') {
    recording.log(
      'warn',
      'tacho',
      `the app-server listens on ${listen}: only its requests to the model are recorded, not what it asks and is answered`,
    )
    return start
  }
  return tapStandardStreams(start, recording, observeAppServer({ recording, onThread }))
}

/**
 * Returns where the app-server listens (Codex 0.169: `--listen URL`, `--stdio`; the last one
 * counts).
 */
function listenOf(args: readonly string[]): string {
  const end = args.indexOf('--')
  const own = end < 0 ? args : args.slice(0, end)
  const at = own.findLastIndex((one) => one === '--listen' || one.startsWith('--listen='))
  const option = own[at]
  if (option === undefined) return 'stdio://'
  return option === '--listen' ? (own[at + 1] ?? '') : option.slice('--listen='.length)
}
