/** Where something stands that happened: in a thread of the agent's, and mostly in a turn of it. */
export type Conversation = { threadId?: string; turnId?: string }

/** The two as one text, for a map. */
export function conversationKey({ threadId, turnId }: Conversation): string {
  return `${threadId ?? ''} ${turnId ?? ''}`
}
