/** A record of `session_export.log`: spans that somebody outside has taken. */
export type DeliveredRecord = {
  kind: 'delivered'
  /** ISO 8601: when it was known. */
  time: string
  /** Where they were sent, without a password. */
  endpoint: string
  spanIds: string[]
}
