import { isUuid } from '@tacho/format'
import { AcpSessions } from '../../taps/acp/sessions.js'
import { tapAcp } from '../../taps/acp/tap-acp.js'
import { LogFileTap } from '../../taps/log-file/log-file-tap.js'
import type { NoTap } from '../../taps/no-tap.js'
import type { LogExport } from '../../taps/otlp/log-export.js'
import type { StartChange, TappedStart } from '../../taps/start-change.js'
import type { AgentTaps, RecordedAgent, TappedRun } from '../agent.js'
import { addOptions } from '../with-options.js'
import { Chats } from './chats.js'
import { conversationOf } from './conversation.js'
import { isPolicyCheck, recordPolicyCheck } from './policy-checks.js'
import { startedSession } from './session-id.js'
import { effectiveEnvironment, selectedAuth } from './settings.js'
import { SubAgents } from './sub-agents.js'
import { telemetryFor } from './telemetry.js'
import { asksByFetch, upstreamOf } from './upstream.js'

/** What Gemini CLI provides for a recorded run. */
export const recorded: RecordedAgent = {
  isSessionId: isUuid,
  // Node's own variable.
  certificateVariable: 'NODE_EXTRA_CA_CERTS',
  conversationOf: (request) => conversationOf(request, undefined),
  // Where a sub-agent's requests begin.
  needsBody: true,
  conversationOfMessage: (_message, upgrade) => upgrade,
  tapsOf,
}

function tapsOf(run: TappedRun): AgentTaps {
  const { mode, args, cwd, program, environment } = run
  const effective = effectiveEnvironment(cwd, environment)
  const chats = new Chats(effective)
  const subAgents = new SubAgents((id) => chats.ofSubAgents(id))
  const isAcp = mode.name === 'acp'
  const sessions = new AcpSessions()
  const started = isAcp ? { options: [] } : startedSession(args, program)
  let sessionId = started.id
  const auth = selectedAuth(cwd, effective)
  // In other modes nobody is asked, or the question passes another tap.
  const asks = mode.name === 'tui' && asksByFetch(auth)
  const questions = asks
    ? tapQuestions(run, effective, () => sessionId)
    : { change: (start: TappedStart) => start, async close() {} }
  return {
    environment: effective,
    http: upstreamOf(auth, effective),
    ...('otlp' in questions && { otlp: questions.otlp }),
    change: (start) => questions.change(addOptions(started.options)(start)),
    ...(isAcp && { acp: (start, recording) => tapAcp({ start, recording, sessions }) }),
    conversationOf(request, body) {
      // An editor has several sessions, and no request names its session.
      if (!isAcp) sessionId ??= chats.written()
      const id = isAcp ? sessions.working : sessionId
      return conversationOf(request, id, (session) => subAgents.of(session, body))
    },
    onExchange(conversation, recording) {
      if (conversation.sessionId !== undefined)
        chats.noteSession(conversation.sessionId, recording.latest)
      void chats.link()
    },
    onToolCall: ({ threadId }, callId) => subAgents.noteCall(threadId, callId),
    async close() {
      await questions.close()
      await chats.close()
    },
  }
}

/**
 * Taps what it asks its user: its telemetry reports the decisions, its debug log whether the user
 * was asked. If either already goes elsewhere, it stays there.
 */
function tapQuestions(
  { args, cwd, late }: TappedRun,
  environment: NodeJS.ProcessEnv,
  sessionId: () => string | undefined,
): { otlp: LogExport | NoTap; change: StartChange; close: () => Promise<void> } {
  const otlp = telemetryFor({ args, cwd, environment, sessionId })
  const untapped = (reason: string) => ({
    ...{ otlp: { reason }, change: (start: TappedStart) => start, async close() {} },
  })
  if ('reason' in otlp) return untapped(otlp.reason)
  if (environment[DEBUG_LOG]) return untapped(`${DEBUG_LOG} is set, and stays as it is`)
  try {
    const file = LogFileTap.open({
      environment,
      onLine(line) {
        if (!isPolicyCheck(line)) return
        late.with((recording) => {
          const id = sessionId()
          if (id !== undefined) recordPolicyCheck(line, id, recording)
        })
      },
    })
    return {
      otlp,
      change: (start) => ({
        ...start,
        environment: { ...start.environment, [DEBUG_LOG]: file.path },
      }),
      close: () => file.close(),
    }
  } catch (error) {
    return untapped(String(error))
  }
}

/** Names a file to which Gemini CLI appends its debug log (0.61). */
const DEBUG_LOG = 'GEMINI_DEBUG_LOG_FILE'
