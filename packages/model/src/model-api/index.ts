import { chatCompletionsApi } from './chat-completions.js'
import { geminiApi } from './gemini.js'
import { imagesApi } from './images.js'
import { messagesApi } from './messages.js'
import type { ModelApi } from './model-api.js'
import { responsesApi } from './responses.js'

/** All model APIs that are known here. */
export const MODEL_APIS: readonly ModelApi[] = [
  responsesApi,
  chatCompletionsApi,
  messagesApi,
  geminiApi,
  imagesApi,
]

/**
 * Returns the API that a request uses, or undefined if it does not ask a model (`/models`,
 * analytics).
 */
export function modelApiOf(
  method: string,
  path: string,
  apis: readonly ModelApi[] = MODEL_APIS,
): ModelApi | undefined {
  const [plain = ''] = path.split('?')
  return apis.find((api) => api.isRequest(method, plain))
}
