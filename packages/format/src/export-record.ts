/** A record of `session_export.log`: spans that were sent, and what became of them. */
export type ExportRecord = DeliveredRecord | RejectedRecord

/** Spans that somebody outside has taken. */
export type DeliveredRecord = {
  kind: 'delivered'
  /** ISO 8601: when it was known. */
  time: string
  /** Where they were sent, without a password. */
  endpoint: string
  spanIds: string[]
}

/** Spans of which somebody outside has taken some, or none; which ones, it does not say. */
export type RejectedRecord = Omit<DeliveredRecord, 'kind'> & {
  kind: 'rejected'
  /** How many it has not taken. */
  count: number
  /** In its own words; empty where it gave none. */
  reason: string
}

/** What is noted of spans that were sent. */
export function exportRecord(
  sent: Pick<DeliveredRecord, 'time' | 'endpoint' | 'spanIds'>,
  rejection: Pick<RejectedRecord, 'count' | 'reason'> | undefined,
): ExportRecord {
  if (rejection === undefined || rejection.count === 0) return { kind: 'delivered', ...sent }
  const { count, reason } = rejection
  return { kind: 'rejected', ...sent, count, reason }
}
