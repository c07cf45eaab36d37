import type { Recording } from '@tacho/recorder'
import type { AgentStart } from '../../process/run-agent.js'
import { type JsonRpcTap, tapJsonRpc } from '../json-rpc/json-rpc-tap.js'
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
  const observer = observeAcp({ recording, sessions, onName })
  let tap: JsonRpcTap | undefined
  return {
    ...start,
    stdio: ['pipe', 'pipe', start.stdio?.[2] ?? 'inherit'],
    onStart(child) {
      start.onStart?.(child)
      const { stdin, stdout } = child
      if (stdin === null || stdout === null) return
      const sides = {
        client: { input: process.stdin, output: process.stdout },
        server: { input: stdin, output: stdout },
      }
      tap = tapJsonRpc(sides, observer, () => recording.now())
    },
    async onEnd() {
      await tap?.drained()
      tap?.close()
      await start.onEnd?.()
    },
  }
}
