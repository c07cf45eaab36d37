/** Why a tap is not possible. */
export type NoTap = {
  reason: string
  /** Whether the agent itself reports it to the same user. */
  isToldByAgent?: boolean
}
