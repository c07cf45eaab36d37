/** A session folder that was found. */
export type FoundSession = { id: string; folder: string; root: string }
