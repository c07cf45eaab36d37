import type { Recording } from '@tacho/recorder'
import type { AgentStart } from '../../process/run-agent.js'
import { type JsonRpcTap, tapJsonRpc } from './json-rpc-tap.js'
import type { JsonRpcObserver } from './observer.js'

/**
 * The start of an agent with us between it and the program that talks to it on our standard input and
 * output, a message a line. The bytes pass as they are.
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
