import { cut, isUuid } from '@tacho/format'
import { record, text } from '@tacho/model'
import { FaultBarrier, type Recording } from '@tacho/recorder'
import type { Scrubber } from '@tacho/scrub'
import type { HookMessage } from '../../taps/hooks/hook-tap.js'
import type { Transcripts } from './transcripts.js'

/** Records what Claude Code's hooks were told, in the session that they name. Never throws. */
export class HookMessages {
  readonly #transcripts: Transcripts
  #barrier: FaultBarrier | undefined

  constructor(transcripts: Transcripts) {
    this.#transcripts = transcripts
  }

  take({ json, at }: HookMessage, recording: Recording): void {
    this.#barrier ??= new FaultBarrier((part, cause) =>
      recording.log('error', 'tacho', `${part}: ${String(cause)}`),
    )
    this.#barrier.do('the hooks', () => {
      const sessionId = text(json.session_id)
      if (sessionId === undefined || !isUuid(sessionId)) return
      const [event, tool] = [text(json.hook_event_name) ?? '', text(json.tool_name) ?? '']
      recording.log('debug', 'claude', `hook ${event} ${tool}`)
      // The tap has the system's time, the recording a clock of its own.
      const ago = Math.max(0, Date.now() - at) * 1000
      const session = recording.session(sessionId)
      const happenedAt = Math.round(recording.now() - ago)
      session.event({ kind: 'hook', happenedAt, message: kept(json, recording.scrubber) })
      this.#transcripts.noteSession(sessionId, session, text(json.transcript_path))
      this.#transcripts.link()
    })
  }
}

const MEMBERS = [
  ...['hook_event_name', 'session_id', 'agent_id', 'agent_type', 'prompt_id', 'cwd'],
  ...['permission_mode', 'tool_name', 'tool_use_id', 'tool_input', 'permission_suggestions'],
  ...['duration_ms', 'error', 'is_interrupt', 'reason'],
]

/** A command is that long; what is longer are contents, which the raw log has. */
const TEXT_CHARACTERS = 4 * 1024

/** Nobody nests the input of a tool this deep. */
const DEPTH = 8

function kept(json: Record<string, unknown>, scrubber: Scrubber): Record<string, unknown> {
  const entries = MEMBERS.flatMap((name) =>
    name in json ? [[name, short(json[name], scrubber, DEPTH)]] : [],
  )
  return Object.fromEntries(entries) as Record<string, unknown>
}

/** Half of a secret would not be known for one: first scrubbed, then cut. */
function short(value: unknown, scrubber: Scrubber, depth: number): unknown {
  if (typeof value === 'string') return cut(scrubber.text(value), TEXT_CHARACTERS)
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return undefined
  if (Array.isArray(value)) return value.map((one) => short(one, scrubber, depth - 1))
  const members = Object.entries(record(value)).map(([name, one]) => [
    name,
    short(one, scrubber, depth - 1),
  ])
  return Object.fromEntries(members)
}
