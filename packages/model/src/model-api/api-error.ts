import { asObject, type Json, numberAt, textAt } from './json.js'

/** An error in the API's words; what it does not say is absent. */
export type ApiError = {
  /** The kind of error: `invalid_request_error`, `overloaded_error`. */
  type?: string
  /** The specific error: `context_length_exceeded`, `429`. */
  code?: string
  message?: string
  /** The HTTP status that it stands for, if an event names one. */
  status?: number
}

/**
 * Finds the error in an event or a body, wherever it is: in a member `error` at any depth, as a
 * text in its place, the first of a list `errors`, or in the members of the object itself.
 */
export function apiErrorOf(told: Json): ApiError {
  const status = numberAt(told, 'status') ?? numberAt(told, 'status_code')
  return { ...(status !== undefined && { status }), ...membersOf(innermost(told)) }
}

/** Returns whether an object has an error in its member `error`. */
export function hasError(json: Json): boolean {
  const { error } = json
  return asObject(error) !== undefined || (typeof error === 'string' && error !== '')
}

// LiteLLM and other gateways wrap the error they got; Gemini answers with a list of one.
function innermost(told: Json): Json {
  let inner = Array.isArray(told) ? (asObject(told[0]) ?? {}) : told
  for (let depth = 0; depth < NESTED; depth += 1) {
    const { error, errors } = inner
    // Watsonx, Cloudflare and whoever speaks JSON:API send a list.
    const [first] = error === undefined && Array.isArray(errors) ? errors : []
    const next = asObject(error ?? first)
    if (next === undefined) break
    inner = next
  }
  return inner
}

const NESTED = 4

function membersOf(error: Json): ApiError {
  // Google puts its word for it in `status` and the HTTP status in `code`; AWS uses `__type`.
  const type = wordOf(error, 'type') ?? textAt(error, 'status') ?? wordOf(error, '__type')
  const code = wordOf(error, 'code')
  const said = MESSAGES.map((key) => textAt(error, key)).find((text) => text !== undefined)
  // OpenRouter says "Provider returned error", and here what the provider said.
  const passedOn = textAt(asObject(error.metadata) ?? {}, 'raw')
  const message = passedOn === undefined ? said : [said, passedOn].filter(Boolean).join(': ')
  return {
    // The type of an event is not the type of an error.
    ...(type !== undefined && type !== 'error' && { type }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
  }
}

// `detail` is used by ChatGPT and FastAPI; `error` is a text if an API has nothing more to say.
const MESSAGES = ['message', 'detail', 'error', 'error_description']

function wordOf(error: Json, key: string): string | undefined {
  const word = textAt(error, key) ?? numberAt(error, key)?.toString()
  return word === '' ? undefined : word
}
