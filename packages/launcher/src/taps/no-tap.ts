/** Why a tap cannot be. */
export type NoTap = {
  reason: string
  /** The agent says it itself, to the same user. */
  isToldByAgent?: boolean
}
