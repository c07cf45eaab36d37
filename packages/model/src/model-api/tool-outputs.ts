import { asObject, type Json, objectAt, objectsAt, textAt } from './json.js'

/** What a request tells the model about a tool that it called. */
export type ToolOutput = {
  callId: string
  output: string
  /** The request says that the tool failed. */
  isError?: boolean
}

const OUTPUTS = new Set([
  'function_call_output',
  'custom_tool_call_output',
  'local_shell_call_output',
])

/** Returns the outputs of some calls in a request of any API; the last one for each call. */
export function toolOutputsOf(request: Json, calls: readonly string[]): ToolOutput[] {
  const found = new Map<string, ToolOutput>()
  for (const told of OF_APIS.flatMap((of) => of(request)))
    if (calls.includes(told.callId)) found.set(told.callId, told)
  for (const told of ofUnnamedCalls(request, calls)) found.set(told.callId, told)
  return [...found.values()]
}

function ofResponses(request: Json): ToolOutput[] {
  return objectsAt(request, 'input').flatMap((item) => {
    const callId = textAt(item, 'call_id')
    const isOutput = callId !== undefined && OUTPUTS.has(textAt(item, 'type') ?? '')
    return isOutput ? [{ callId, output: words(item.output) }] : []
  })
}

function ofChat(request: Json): ToolOutput[] {
  return objectsAt(request, 'messages').flatMap((message) => {
    const callId = textAt(message, 'tool_call_id')
    const isOutput = callId !== undefined && message.role === 'tool'
    return isOutput ? [{ callId, output: words(message.content) }] : []
  })
}

function ofMessages(request: Json): ToolOutput[] {
  const blocks = objectsAt(request, 'messages').flatMap((message) => objectsAt(message, 'content'))
  return blocks.flatMap((block) => {
    const callId = textAt(block, 'tool_use_id')
    if (callId === undefined) return []
    const isError = block.is_error === true
    return [{ callId, output: words(block.content), ...(isError && { isError }) }]
  })
}

function ofGemini(request: Json): ToolOutput[] {
  return geminiContents(request)
    .flatMap(functionResponses)
    .flatMap((response) => {
      const callId = textAt(response, 'id')
      return callId ? [geminiOutput(callId, response)] : []
    })
}

// Returns the outputs of calls to which Gemini gave no ids. Agents send them in order, so the
// second output belongs to what we named the second call of the answer.
function ofUnnamedCalls(request: Json, calls: readonly string[]): ToolOutput[] {
  const places = calls.map((callId) => Number(/^[0-9a-f]{16}\.(\d{1,4})$/.exec(callId)?.[1]))
  if (places.every(Number.isNaN)) return []
  const all = geminiContents(request).map(functionResponses)
  const last = all.findLast(({ length }) => length > 0) ?? []
  return calls.flatMap((callId, index) => {
    const response = last[(places[index] ?? 0) - 1]
    return response === undefined ? [] : [geminiOutput(callId, response)]
  })
}

// If Gemini CLI is logged in with Google, it sends its request in a member `request`.
function geminiContents(request: Json): Json[] {
  return objectsAt(asObject(request.request) ?? request, 'contents')
}

function functionResponses(content: Json): Json[] {
  return objectsAt(content, 'parts').flatMap((part): Json[] => {
    const response = asObject(part.functionResponse) ?? asObject(part.function_response)
    return response === undefined ? [] : [response]
  })
}

function geminiOutput(callId: string, told: Json): ToolOutput {
  const { output, error, ...rest } = objectAt(told, 'response')
  const said = output ?? error
  return {
    callId,
    output: typeof said === 'string' ? said : JSON.stringify(said ?? rest),
    ...(error !== undefined && { isError: true }),
  }
}

// A text, a list of parts, or an object around either (Codex 0.169 and older).
function words(output: unknown): string {
  if (typeof output === 'string') return output
  if (Array.isArray(output)) return output.map((part) => words(asObject(part)?.text)).join('')
  const inner = asObject(output)
  return inner === undefined ? '' : words(inner.content ?? inner.output)
}

const OF_APIS = [ofResponses, ofChat, ofMessages, ofGemini]
