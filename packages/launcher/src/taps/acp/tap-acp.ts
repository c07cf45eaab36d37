import type { Recording } from '@tacho/recorder'
import type { AgentStart } from '../../process/run-agent.js'
import { tapStandardStreams } from '../json-rpc/tap-standard-streams.js'
import { observeAcp } from './observer.js'
import { AcpSessions } from './sessions.js'

export type AcpTapOptions = {
  start: AgentStart
  recording: Recording
  /** Collects the sessions that are mentioned. */
  sessions?: AcpSessions
  /** Called with the agent's own name. */
  onName?: (name: string) => void
}

/**
 * Starts an agent of the Agent Client Protocol with Tacho between it and its client (usually an
 * editor) on standard input and output.
 */
export function tapAcp({
  start,
  recording,
  sessions = new AcpSessions(),
  onName,
}: AcpTapOptions): AgentStart {
  return tapStandardStreams(start, recording, observeAcp({ recording, sessions, onName }))
}
