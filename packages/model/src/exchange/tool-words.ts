import { chatCompletionsApi } from '../model-api/chat-completions.js'
import { geminiApi } from '../model-api/gemini.js'
import type { Json } from '../model-api/json.js'
import { messagesApi } from '../model-api/messages.js'
import type { ModelApi } from '../model-api/model-api.js'
import { responsesApi } from '../model-api/responses.js'
import { ChatToolWords } from './chat-tool-words.js'
import { GeminiToolWords } from './gemini-tool-words.js'
import { MessagesToolWords } from './messages-tool-words.js'
import { type ToolWord, toolWordOf, toolWordsOfOutput } from './tool-calls.js'

/** Reads what one answer says of tools. */
export type ToolWords = {
  /** What the next event of a stream says: mostly nothing. */
  event(event: Json): ToolWord[]
  /** What an answer says that came in one piece. */
  answer(body: Json): ToolWord[]
}

/**
 * How an answer of an API says that the model calls tools.
 *
 * @param exchange its id: a call that the API gives no id is named after it.
 */
export function toolWordsOf(api: ModelApi | undefined, exchange: string): ToolWords {
  switch (api) {
    case responsesApi:
      return RESPONSES
    case chatCompletionsApi:
      return new ChatToolWords()
    case messagesApi:
      return new MessagesToolWords()
    case geminiApi:
      return new GeminiToolWords(exchange)
    default:
      return SILENT
  }
}

const RESPONSES: ToolWords = {
  event(event) {
    const word = toolWordOf(event)
    return word === undefined ? [] : [word]
  },
  answer: toolWordsOfOutput,
}

const SILENT: ToolWords = { event: () => [], answer: () => [] }
