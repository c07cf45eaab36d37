import { asObject, type Json, objectsAt, textAt } from './json.js'

/** What a request tells the model of a tool that it has called. */
export type ToolOutput = { callId: string; output: string }

const OUTPUTS = new Set([
  'function_call_output',
  'custom_tool_call_output',
  'local_shell_call_output',
])

/** The outputs of some calls in a request of the Responses API; of each call the last one. */
export function toolOutputsOf(request: Json, calls: readonly string[]): ToolOutput[] {
  const found = new Map<string, ToolOutput>()
  for (const item of objectsAt(request, 'input')) {
    const callId = textAt(item, 'call_id')
    if (callId === undefined || !calls.includes(callId)) continue
    if (OUTPUTS.has(textAt(item, 'type') ?? ''))
      found.set(callId, { callId, output: words(item.output) })
  }
  return [...found.values()]
}

// A text, a list of parts, or an object around either (Codex 0.169 and older).
function words(output: unknown): string {
  if (typeof output === 'string') return output
  if (Array.isArray(output)) return output.map((part) => words(asObject(part)?.text)).join('')
  const inner = asObject(output)
  return inner === undefined ? '' : words(inner.content ?? inner.output)
}
