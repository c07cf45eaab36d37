import { type Approval, isoOfMicros } from '@tacho/reader'

/** Returns an approval for `--json` (docs/cli.md). Unknown values are null. */
export function approvalJson(approval: Approval): object {
  return {
    kind: approval.kind,
    what: approval.what ?? null,
    reason: approval.reason ?? null,
    offered: approval.offered,
    outcome: approval.outcome ?? null,
    decision: approval.decision ?? null,
    decidedBy: approval.decidedBy ?? null,
    rule: approval.rule ?? null,
    askedAt: isoOfMicros(approval.askedAt) ?? null,
    waitMs: approval.waitMs ?? null,
    open: approval.open !== undefined,
    left: approval.open ?? null,
    cwd: approval.cwd ?? null,
    files: approval.files ?? null,
    rationale: approval.rationale ?? null,
    id: approval.id ?? null,
    callId: approval.callId ?? null,
    threadId: approval.threadId ?? null,
    turnId: approval.turnId ?? null,
    spanId: approval.spanId,
  }
}
