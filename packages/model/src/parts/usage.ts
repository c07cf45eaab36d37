/** The tokens of an exchange as its API counted them; what the API did not report is absent. */
export type Usage = {
  inputTokens?: number
  outputTokens?: number
  /** Input tokens that came from the cache. */
  cacheReadInputTokens?: number
  /** Input tokens that were written to the cache. */
  cacheCreationInputTokens?: number
  /** Output tokens spent on reasoning. */
  reasoningOutputTokens?: number
}
