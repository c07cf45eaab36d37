import { chatCompletionsApi } from './chat-completions.js'
import { generateContentApi, streamGenerateContentApi } from './generate-content.js'
import { messagesApi } from './messages-api.js'
import type { Reply } from './reply.js'
import { responsesApi } from './responses-api.js'

/** The model APIs that the server speaks. */
export type ApiName = 'responses' | 'chat-completions' | 'messages' | 'generate-content'

/** How one model API words things. A new one is a new file and an entry in `APIS`. */
export type ModelApi = {
  name: ApiName
  /** The end of the path of its requests. */
  path: string
  /** Its answers are always streamed; otherwise the request decides. */
  streams?: true
  /** Asked beside a turn (for a session's title, say), with the JSON schema of the answer. */
  sideSchema(body: Record<string, unknown>): unknown
  /** The events of a streamed answer, each as it appears on the wire. */
  events(reply: Reply): Iterable<string>
  /** The answer as one object. */
  whole(reply: Reply): object
  /** The body of an answer with an error status. */
  error(status: number, message: string): object
}

const APIS: readonly ModelApi[] = [
  messagesApi,
  // Google's Vertex AI and Amazon Bedrock serve it under paths of their own.
  { ...messagesApi, path: ':streamRawPredict', streams: true },
  { ...messagesApi, path: '/invoke-with-response-stream', streams: true },
  { ...messagesApi, path: '/invoke' },
  responsesApi,
  chatCompletionsApi,
  generateContentApi,
  streamGenerateContentApi,
]

/** The API that a request is for; undefined if it is for none of them. */
export function apiOf(method: string, url: string): ModelApi | undefined {
  const [path = ''] = url.split('?')
  return method === 'POST' ? APIS.find((api) => path.endsWith(api.path)) : undefined
}
