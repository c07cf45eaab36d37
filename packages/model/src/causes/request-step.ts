import type { ConversationApiName, Message } from '../conversation/index.js'
import type { EvidencePlace } from './cause.js'

/** A request to a model, by what it has that the one before it in its thread had not. */
export type RequestStep = {
  exchange: number
  threadId?: string
  run: string
  place: EvidencePlace
  api?: ConversationApiName
  model?: string
  /** The number of the request before it in its thread; absent where it is the first. */
  previous?: number
  /** Messages that both begin with. */
  sharedMessages: number
  /** Messages behind those, of the one before it and of this one. */
  dropped: Message[]
  added: Message[]
  /** Tools that it was not offered as the one before it was; absent where those are the same. */
  tools?: { added: string[]; removed: string[]; changed: string[] }
  /** Those that it was offered; absent where they could not be read. */
  toolNames?: string[]
  /** Members of its body that shape the prompt and are others than those of the one before it. */
  changed: string[]
  /** UTF-8 bytes of its body. */
  bytes: number
}
