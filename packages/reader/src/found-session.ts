/** A session folder. */
export type FoundSession = { id: string; folder: string; root: string }

/** A folder that could be a session, or hold some, but cannot be examined. */
export type SkippedFolder = {
  folder: string
  /** The session that a folder in a root would be; absent for the root itself. */
  session?: FoundSession
  /** Worded to complete a sentence: `permission denied (EACCES)`. */
  reason: string
}

/** Receives a folder that was skipped because it cannot be examined. */
export type OnSkipped = (skipped: SkippedFolder) => void
