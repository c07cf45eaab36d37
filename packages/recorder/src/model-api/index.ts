import { chatCompletionsApi } from './chat-completions.js'
import { messagesApi } from './messages.js'
import type { ModelApi } from './model-api.js'

export type { ModelApi } from './model-api.js'

export { responsesApi } from './responses.js'

import { responsesApi } from './responses.js'

const MODEL_APIS: readonly ModelApi[] = [responsesApi, chatCompletionsApi, messagesApi]

/** The API that a request speaks, or nothing where it does not ask a model (`/models`, analytics). */
export function modelApiOf(method: string, path: string): ModelApi | undefined {
  const [plain = ''] = path.split('?')
  return MODEL_APIS.find((api) => api.isRequest(method, plain))
}
