import type { ConversationApiName, Message } from '../conversation/index.js'
import type { EvidencePlace } from './cause.js'

/** What a model request adds to the one before it in its thread. */
export type RequestStep = {
  exchange: number
  threadId?: string
  run: string
  place: EvidencePlace
  api?: ConversationApiName
  model?: string
  /** The number of the request before it in its thread; absent for the first. */
  previous?: number
  /** How many messages both begin with. */
  sharedMessages: number
  /** Messages after those: of the earlier request, and of this one. */
  dropped: Message[]
  added: Message[]
  /** How the tools on offer changed; absent if they did not. */
  tools?: { added: string[]; removed: string[]; changed: string[] }
  /** The tools on offer; absent if they could not be read. */
  toolNames?: string[]
  /** Members of its body that shape the prompt and differ from the earlier request. */
  changed: string[]
  /** UTF-8 bytes of its body. */
  bytes: number
}
