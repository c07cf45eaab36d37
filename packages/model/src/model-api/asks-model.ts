import { bedrockModel } from './bedrock-model.js'

type IsRequest = (method: string, path: string) => boolean

/** Which requests ask a model, by API: the method, and the path without its query. */
export const ASKS_BY = {
  chatCompletions: posts(/\/chat\/completions$/),
  gemini: posts(/:(generateContent|streamGenerateContent)$/),
  images: posts(/\/images\/(generations|edits)$/),
  // For Anthropic's models, Google's Vertex AI uses `…/models/<model>:streamRawPredict` and Amazon
  // Bedrock `/model/<model>/invoke-with-response-stream`.
  messages: (method, path) =>
    method === 'POST' &&
    (/\/messages$|:(streamR|r)awPredict$/.test(path) ||
      bedrockModel(path)?.includes('anthropic') === true),
  responses: posts(/\/(responses|responses\/compact|memories\/trace_summarize)$/),
} satisfies Record<string, IsRequest>

/** Returns whether a request asks a model, through any API. */
export function asksModel(method: string, path: string): boolean {
  const [plain = ''] = path.split('?')
  return Object.values(ASKS_BY).some((asks) => asks(method, plain))
}

function posts(paths: RegExp): IsRequest {
  return (method, path) => method === 'POST' && paths.test(path)
}
