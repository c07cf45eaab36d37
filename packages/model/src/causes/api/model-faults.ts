/** What a model does wrong by itself, and what helps. */
type ModelFault = { sentence: string; next: (id: string, exchange: number) => string }

/** Returns what an API means when it ends an answer because of what its model wrote. */
export function modelFault(finishReason: string | undefined): ModelFault | undefined {
  return FAULTS.get(finishReason?.toLowerCase() ?? '')
}

// Gemini's `finishReason`: https://ai.google.dev/api/generate-content#FinishReason
const FAULTS = new Map<string, ModelFault>([
  [
    'malformed_function_call',
    {
      sentence: 'the model wrote a tool call that the API could not read',
      next: (id, exchange) =>
        `Ask again: it is the model's slip, and the next try mostly works. If it comes back, look at the tools that were offered (tacho context ${id} ${exchange}): fewer of them, or a simpler schema, or another model helps.`,
    },
  ],
  [
    'unexpected_tool_call',
    {
      sentence: 'the model called a tool although it was offered none',
      next: (id, exchange) =>
        `See what it was offered: tacho raw ${id} ${exchange} --request. If it is to call tools, offer them in this request too; if not, say so in the instructions.`,
    },
  ],
  [
    'too_many_tool_calls',
    {
      sentence: 'the API stopped the model, because it called one tool after another',
      next: (id, exchange) =>
        `See what it called, and what came back: tacho messages ${id} ${exchange}. Ask for less at a time.`,
    },
  ],
  [
    'malformed_response',
    {
      sentence: 'the model wrote an answer that the API could not read',
      next: () => "Ask again: it is the model's slip. If it comes back, another model helps.",
    },
  ],
])
