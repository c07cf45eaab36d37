import type { SessionSummary } from '@tacho/reader'

/** Returns a session for `tacho ls --json` (docs/cli.md). Unknown values are null. */
export function summaryJson(session: SessionSummary): object {
  const { exchanges, usage, marks } = session
  return {
    id: session.id,
    folder: session.folder,
    agent: session.agent,
    agentTitle: session.agentTitle ?? null,
    agentVersion: session.agentVersion ?? null,
    startedAt: session.startedAt ?? null,
    lastStartedAt: session.lastStartedAt ?? null,
    endedAt: session.endedAt ?? null,
    durationMs: session.durationMs ?? null,
    ended: session.ended ?? null,
    exitCode: session.exitCode ?? null,
    signal: session.signal ?? null,
    cwd: session.cwd ?? null,
    title: session.title ?? null,
    prompts: session.prompts,
    exchanges: exchanges ?? null,
    errors: marks.errors,
    approvals: marks.approvals,
    denied: marks.denied,
    cancellations: marks.cancellations,
    lastOutcome: marks.lastOutcome ?? null,
    usage,
    damage: session.damage,
    newerFormat: session.newerFormat ?? null,
  }
}
