import { cut, isUuid } from '@tacho/format'
import { record, text } from '@tacho/model'
import { FaultBarrier, type Recording } from '@tacho/recorder'
import type { Scrubber } from '@tacho/scrub'
import type { HookMessage } from '../../../taps/hooks/hook-tap.js'

/** Records what Codex passes to its hooks, in their thread's session. Never throws. */
export class HookMessages {
  #barrier: FaultBarrier | undefined

  take({ json, at }: HookMessage, recording: Recording): void {
    this.#barrier ??= new FaultBarrier((part, cause) =>
      recording.log('error', 'tacho', `${part}: ${String(cause)}`),
    )
    this.#barrier.do('the hooks', () => {
      const sessionId = text(json.session_id)
      if (sessionId === undefined || !isUuid(sessionId)) return
      const threadId = text(json.agent_id) ?? sessionId
      const name = text(json.tool_name) ?? ''
      recording.log('debug', 'codex', `hook ${text(json.hook_event_name) ?? ''} ${name}`)
      // The files have the system's time, the recording a clock of its own.
      const ago = Math.max(0, Date.now() - at) * 1000
      const session = recording.sessionOfThread(isUuid(threadId) ? threadId : sessionId)
      const happenedAt = Math.round(recording.now() - ago)
      session.event({ kind: 'hook', happenedAt, message: kept(json, recording.scrubber) })
    })
  }
}

const MEMBERS = [
  ...['hook_event_name', 'session_id', 'agent_id', 'turn_id', 'cwd', 'permission_mode'],
  ...['tool_name', 'tool_use_id', 'tool_input', 'tool_response'],
]

/** As long as commands and patches get; longer texts are contents. */
const TEXT_CHARACTERS = 16 * 1024

function kept(json: Record<string, unknown>, scrubber: Scrubber): Record<string, unknown> {
  const entries = MEMBERS.flatMap((name) =>
    name in json ? [[name, short(json[name], scrubber)]] : [],
  )
  return Object.fromEntries(entries) as Record<string, unknown>
}

/** Scrubbed before it is cut, because half of a secret would not be recognized. */
function short(value: unknown, scrubber: Scrubber): unknown {
  if (typeof value === 'string') return cut(scrubber.text(value), TEXT_CHARACTERS)
  if (Array.isArray(value)) return value.map((one) => short(one, scrubber))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(record(value)).map(([name, one]) => [name, short(one, scrubber)])
  return Object.fromEntries(members)
}
