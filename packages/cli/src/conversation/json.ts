import type { ConversationAt, Message, MissingInput } from '@tacho/reader'

/** Returns the output of `tacho messages --json` (docs/cli.md). Unknown values are null. */
export function conversationJson(at: ConversationAt): object {
  const { exchange, previous, request, origins, answer, newMessages, removed } = at
  return {
    exchange: exchange.number,
    previous: previous?.number ?? null,
    api: request.api ?? null,
    model: request.model ?? null,
    parameters: request.parameters.map(({ name, value }) => ({ name, value })),
    tools: request.tools.map(({ name, description, value }) => {
      return { name, description: description ?? null, value }
    }),
    instructions: request.instructions.map(messageJson),
    messages: request.messages.map((message, index) => ({
      number: index + 1,
      isNew: newMessages.has(index + 1),
      exchange: origins[index] ?? exchange.number,
      ...messageJson(message),
    })),
    removed: removed.map(({ number, message }) => ({ number, ...messageJson(message) })),
    answer: {
      id: answer.id ?? null,
      model: answer.model ?? null,
      messages: answer.messages.map(messageJson),
      other: answer.other,
    },
    missing: missingOf(at),
  }
}

/** Returns a message without its value, whose contents are in its parts. */
export function messageJson({ role, parts }: Message): object {
  return { role, parts }
}

/** Returns what is missing in a conversation, including its answer. */
export function missingOf({ missing, missingAnswer, exchange }: ConversationAt): MissingInput[] {
  if (missingAnswer === undefined) return missing
  return [...missing, { exchange: exchange.number, kind: 'answer', reason: missingAnswer }]
}
