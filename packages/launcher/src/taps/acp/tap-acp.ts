import type { Recording } from '@tacho/recorder'
import type { AgentStart } from '../../process/run-agent.js'
import { tapStandardStreams } from '../json-rpc/tap-standard-streams.js'
import { observeAcp } from './observer.js'
import { AcpSessions } from './sessions.js'

export type AcpTapOptions = {
  start: AgentStart
  recording: Recording
  /** Gets the sessions that are spoken of. */
  sessions?: AcpSessions
  /** Is told what the agent calls itself. */
  onName?: (name: string) => void
}

/**
 * The start of an agent of the Agent Client Protocol with us between it and the client (mostly an
 * editor) that talks to it on our standard input and output.
 */
export function tapAcp({
  start,
  recording,
  sessions = new AcpSessions(),
  onName,
}: AcpTapOptions): AgentStart {
  return tapStandardStreams(start, recording, observeAcp({ recording, sessions, onName }))
}
