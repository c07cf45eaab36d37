import type { Json } from '../model-api/json.js'
import type {
  ConversationApiName,
  JsonPath,
  Message,
  ModelAnswer,
  ModelRequest,
} from './model-request.js'

/** How one API's conversations are read. */
export type ConversationApi = {
  name: ConversationApiName
  /** Whether a path is one of its. */
  hasPath(path: string): boolean
  /** Whether a body looks like a request of its, whatever its path is. */
  looksLike(body: Json): boolean
  /** @param path of the URL: some name the model in it. */
  request(body: Json, path: string): ModelRequest
  answer(): AnswerBuilder
}

/** Puts an answer together as its events arrive. */
export type AnswerBuilder = {
  /** An event of a stream, or an answer that came in one piece. */
  add(value: unknown): void
  answer(): ModelAnswer
}

/** Reads a message in the form that the API gives it. */
export type ReadMessage = (value: unknown, path?: JsonPath) => Message
