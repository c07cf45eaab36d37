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

/** Reads what one answer says about tools. */
export type ToolWords = {
  /** Returns what the next event of a stream says, which is mostly nothing. */
  event(event: Json): ToolWord[]
  /** Returns what a non-streamed answer says. */
  answer(body: Json): ToolWord[]
}

/**
 * Returns the reader for how this API's answers call tools.
 *
 * @param exchange its id, which names calls that have no id from the API.
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
