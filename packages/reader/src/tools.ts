import { decodeAttributes, spanAbout } from '@tacho/format'
import { TOOL_OUTCOMES, type Tool, type ToolOutcome, toolOutcomeOf } from '@tacho/model'
import { known } from './known.js'
import { leftOpenBy } from './left-open.js'
import { oncePerSpan } from './once-per-span.js'
import type { Session } from './read-session.js'
import { type Span, spansOfKind } from './read-spans.js'

type Parts = Pick<Session, 'spans' | 'runs' | 'ended'>

/** Returns the tools that the agent ran, in order of start. */
export function toolsOf(session: Parts): Tool[] {
  return spansOfKind(session.spans, 'execute_tool')
    .map((span) => toolOf(session, span))
    .sort((one, other) => one.startedAt - other.startedAt)
}

function toolOf(session: Parts, span: Span): Tool {
  const tool = toldOf(span)
  return span.endedAt === undefined ? { ...tool, open: leftOpenBy(session, span) } : tool
}

const toldOf = oncePerSpan((span): Tool => {
  const told = decodeAttributes('execute_tool', span.attributes)
  const { callId, command, cwd, query, path, files, mcpServer, status, exitCode, error } = told
  const { threadId, turnId, durationMs } = told
  const { spanId, startedAt, endedAt } = span
  return {
    spanId,
    // A name that became known later is in the attribute; the span's own is from its start.
    name: told.name ?? (spanAbout(span.name) || 'tool'),
    startedAt,
    ...known({ callId, command, cwd, query, path, files, mcpServer, status, exitCode, error }),
    ...known({ threadId, turnId, endedAt, durationMs }),
    ...(endedAt !== undefined && { outcome: outcomeOf(told.outcome, status, span) }),
  }
})

// Sessions of Tacho 0.1.0 only have the agent's word.
function outcomeOf(told: string | undefined, status: string | undefined, span: Span): ToolOutcome {
  const outcome = TOOL_OUTCOMES.find((one) => one === told) ?? toolOutcomeOf(status)
  return outcome ?? (span.isError ? 'failed' : 'unknown')
}
