import type { Recording } from '@tacho/recorder'
import type { AgentStart } from '../../process/run-agent.js'
import { type JsonRpcTap, tapJsonRpc } from './json-rpc-tap.js'
import type { JsonRpcObserver } from './observer.js'

/**
 * Starts an agent with Tacho between it and its client on standard input and output, one message
 * per line. The bytes pass unchanged.
 */
export function tapStandardStreams(
  start: AgentStart,
  recording: Recording,
  observer: JsonRpcObserver,
): AgentStart {
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
