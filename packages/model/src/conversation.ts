/** Where something stands that happened: in a thread of the agent's, and mostly in a turn of it. */
export type Conversation = { threadId?: string; turnId?: string }

/** A place of which not all may be known. */
export function placeIn(threadId: string | undefined, turnId: string | undefined): Conversation {
  if (threadId === undefined) return turnId === undefined ? {} : { turnId }
  return turnId === undefined ? { threadId } : { threadId, turnId }
}

/** The two as one text, for a map. */
export function conversationKey({ threadId, turnId }: Conversation): string {
  return `${threadId ?? ''} ${turnId ?? ''}`
}
