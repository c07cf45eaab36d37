/** The place of something in the agent's conversation: its thread and, in most cases, its turn. */
export type Conversation = { threadId?: string; turnId?: string }

/** Makes a place, either part of which may be unknown. */
export function placeIn(threadId: string | undefined, turnId: string | undefined): Conversation {
  if (threadId === undefined) return turnId === undefined ? {} : { turnId }
  return turnId === undefined ? { threadId } : { threadId, turnId }
}

/** Joins both ids into one string, as the key of a map. */
export function conversationKey({ threadId, turnId }: Conversation): string {
  return `${threadId ?? ''} ${turnId ?? ''}`
}
