import type { Json } from '../model-api/json.js'
import type {
  ConversationApiName,
  JsonPath,
  Message,
  ModelAnswer,
  ModelRequest,
} from './model-request.js'

/** How to read one API's conversations. */
export type ConversationApi = {
  name: ConversationApiName
  /** Returns whether a path belongs to this API. */
  hasPath(path: string): boolean
  /** Returns whether a body looks like a request to this API, whatever its path. */
  looksLike(body: Json): boolean
  /** @param path of the URL: some contain the model. */
  request(body: Json, path: string): ModelRequest
  answer(): AnswerBuilder
}

/** Assembles an answer as its events arrive. */
export type AnswerBuilder = {
  /** Adds an event of a stream, or a non-streamed answer. */
  add(value: unknown): void
  answer(): ModelAnswer
}

/** Reads a message in the API's form. */
export type ReadMessage = (value: unknown, path?: JsonPath) => Message
