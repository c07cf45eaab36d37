import { text } from '../codex/values.js'

/** A call by the model. */
export type GeminiCall = { id: string; name: string; exchange: string }

/** Returns the call whose tool a `tool_call` span of Gemini CLI's telemetry (0.61) is about. */
export function callThatRan<Call extends GeminiCall>(
  attributes: Record<string, unknown>,
  calls: readonly Call[],
): Call | undefined {
  const id = text(attributes['tool.call_id']) ?? ''
  return (
    calls.find((one) => id === one.id || id.endsWith(`__${one.id}`)) ??
    // If the API gives a call no id, Gemini CLI makes one up, and so do we.
    calls.find((one) => hasNoId(one) && one.name === attributes['tool.name'])
  )
}

function hasNoId({ id, exchange }: GeminiCall): boolean {
  return id.startsWith(`${exchange}.`)
}
