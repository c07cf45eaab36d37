/** A record of `session_export.log`: spans that were sent, and whether they were accepted. */
export type ExportRecord = DeliveredRecord | RejectedRecord

/** Spans that the receiver accepted. */
export type DeliveredRecord = {
  kind: 'delivered'
  /** When that was known, in ISO 8601. */
  time: string
  /** Where they were sent, without a password. */
  endpoint: string
  spanIds: string[]
}

/** Spans that the receiver rejected in part or whole; it does not say which. */
export type RejectedRecord = Omit<DeliveredRecord, 'kind'> & {
  kind: 'rejected'
  /** How many it rejected. */
  count: number
  /** The receiver's own words; empty if it gave none. */
  reason: string
}

/** Returns the record of a batch of spans that was sent. */
export function exportRecord(
  sent: Pick<DeliveredRecord, 'time' | 'endpoint' | 'spanIds'>,
  rejection: Pick<RejectedRecord, 'count' | 'reason'> | undefined,
): ExportRecord {
  if (rejection === undefined || rejection.count === 0) return { kind: 'delivered', ...sent }
  const { count, reason } = rejection
  return { kind: 'rejected', ...sent, count, reason }
}
