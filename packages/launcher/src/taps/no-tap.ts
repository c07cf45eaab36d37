/** Why a tap cannot be. */
export type NoTap = { reason: string }
