import { listSessions, type SessionSummary } from '@tacho/reader'
import type { ListedSession, SessionList } from '../../api/answers.js'
import { answerJson } from '../answer.js'
import type { Asked } from '../routes.js'

/** Answers with the list of sessions, the last started first. */
export async function answerSessions({ response, sessions }: Asked): Promise<void> {
  const listed = listSessions(sessions.roots).map(listedOf)
  await answerJson(response, { sessions: listed, roots: [...sessions.roots] } satisfies SessionList)
}

function listedOf(session: SessionSummary): ListedSession {
  const {
    id,
    root,
    agent,
    agentTitle = agent,
    startedAt,
    endedAt,
    ended,
    cwd,
    exchanges,
    usage,
    newerFormat,
  } = session
  const { prompts, marks, damage, title = prompts[0] } = session
  return {
    id,
    root,
    agent: agentTitle,
    ...(title !== undefined && { title }),
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(ended !== undefined && { ended }),
    ...(cwd !== undefined && { cwd }),
    ...(exchanges !== undefined && {
      exchanges: exchanges.completed + exchanges.cancelled + exchanges.failed + exchanges.inFlight,
    }),
    failed: marks.errors,
    approvals: marks.approvals,
    cancellations: marks.cancellations,
    isDamaged: damage.length > 0,
    ...(usage.inputTokens !== undefined && { inputTokens: usage.inputTokens }),
    ...(usage.outputTokens !== undefined && { outputTokens: usage.outputTokens }),
    ...(newerFormat !== undefined && {
      problem: `It has format ${newerFormat} and needs a newer Tacho.`,
    }),
  }
}
