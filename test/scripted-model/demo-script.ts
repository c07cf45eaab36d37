import { execCommand, type Script } from './script.js'

/** What `npm run scripted-model` answers without a script: a tool call, then words. */
export const demoScript: Script = ({ body }) =>
  hasToolOutput(body)
    ? { text: 'I looked around: the command has run. Ask me anything.', deltas: 12, eventDelay: 80 }
    : {
        reasoning: 'I should look before I speak.',
        text: 'Let me look around first.',
        deltas: 5,
        calls: [execCommand('ls')],
        eventDelay: 80,
      }

// The agent repeats its history; the last item tells whether this turn's command has run.
function hasToolOutput(body: Record<string, unknown>): boolean {
  const history = body.input ?? body.messages
  const last: unknown = Array.isArray(history) ? history.at(-1) : undefined
  if (typeof last !== 'object' || last === null) return false
  const isOutput = 'type' in last && last.type === 'function_call_output'
  return isOutput || ('role' in last && last.role === 'tool')
}
