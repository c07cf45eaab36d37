import { isUuid } from '@tacho/format'
import { text } from '@tacho/model'
import { FaultBarrier, type Recording } from '@tacho/recorder'
import type { Scrubber } from '@tacho/scrub'
import type { HookMessage } from '../../taps/hooks/hook-tap.js'
import { shortened } from './short-values.js'
import type { Transcripts } from './transcripts.js'

/** Records what Claude Code passes to its hooks, in the session that they name. Never throws. */
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
  // Of a question from an MCP server, without what the user fills in.
  ...['mcp_server_name', 'message', 'url', 'action'],
]

function kept(json: Record<string, unknown>, scrubber: Scrubber): Record<string, unknown> {
  const entries = MEMBERS.flatMap((name) => (name in json ? [[name, json[name]]] : []))
  return shortened(Object.fromEntries(entries) as Record<string, unknown>, scrubber)
}
