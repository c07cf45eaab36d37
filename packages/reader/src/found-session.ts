/** A session folder that was found. */
export type FoundSession = { id: string; folder: string; root: string }

/** A folder that could hold a session, or many, and cannot be looked into. */
export type SkippedFolder = {
  folder: string
  /** Where the folder stands in a root: what the session would be. Absent of a root itself. */
  session?: FoundSession
  /** In words that go on a sentence: `permission denied (EACCES)`. */
  reason: string
}

/** Takes note of a folder that was passed over because it cannot be looked into. */
export type OnSkipped = (skipped: SkippedFolder) => void
