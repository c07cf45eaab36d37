import type { ConversationAt, Message, MissingInput } from '@tacho/reader'

/** What `tacho messages --json` prints (docs/cli.md). What is not known is null. */
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

/** A message without its value, of which its parts are what is in it. */
export function messageJson({ role, parts }: Message): object {
  return { role, parts }
}

/** What of a conversation is not there, the answer's too. */
export function missingOf({ missing, missingAnswer, exchange }: ConversationAt): MissingInput[] {
  if (missingAnswer === undefined) return missing
  return [...missing, { exchange: exchange.number, kind: 'answer', reason: missingAnswer }]
}
