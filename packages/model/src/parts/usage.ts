/** The tokens of an exchange as its API counted them; what the API did not say is absent. */
export type Usage = {
  inputTokens?: number
  outputTokens?: number
  /** Of the input tokens, those that came from the cache. */
  cacheReadInputTokens?: number
  /** Of the input tokens, those that were written into the cache. */
  cacheCreationInputTokens?: number
  /** Of the output tokens, those spent on reasoning. */
  reasoningOutputTokens?: number
}
