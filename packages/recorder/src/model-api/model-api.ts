/** What a response of a model says of itself. Tokens as the API counts them. */
export type ResponseFacts = {
  id?: string
  model?: string
  finishReasons?: string[]
  inputTokens?: number
  outputTokens?: number
  cacheReadTokens?: number
  cacheCreationTokens?: number
  reasoningTokens?: number
  /** Characters of the answer's text that have arrived. */
  textLength?: number
  /** The API's own error, where the response is one. */
  errorType?: string
  /** The last event of a streamed answer has come. */
  hasEnded?: boolean
}

/** A JSON object from outside: nothing about it is known. */
export type Json = Readonly<Record<string, unknown>>

/** One API that models are spoken to by: how to read its requests and its responses. */
export type ModelApi = {
  /** Whether a request is one of this API's, by the end of its path. */
  isRequest(method: string, path: string): boolean
  /** How an event begins that is text and nothing else, in its member `delta`, where there is one. */
  textEvent?: string
  /** Reads one event of a streamed response into the facts. */
  readEvent(event: Json, facts: ResponseFacts): void
  /** Reads a response that came in one piece. */
  readResponse(body: Json, facts: ResponseFacts): void
}

/** A member that is an object, or an empty one. */
export function objectAt(json: Json, key: string): Json {
  const value = json[key]
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

export function textAt(json: Json, key: string): string | undefined {
  const value = json[key]
  return typeof value === 'string' ? value : undefined
}

export function numberAt(json: Json, key: string): number | undefined {
  const value = json[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** Sets those facts that are known; what was known before and is not said again stays. */
export function learn(
  facts: ResponseFacts,
  news: { [Key in keyof ResponseFacts]: ResponseFacts[Key] | undefined },
): void {
  for (const [key, value] of Object.entries(news)) {
    if (value !== undefined) Object.assign(facts, { [key]: value })
  }
}

/** Counts text that has arrived. */
export function addText(facts: ResponseFacts, text: string | undefined): void {
  if (text !== undefined) facts.textLength = (facts.textLength ?? 0) + text.length
}
