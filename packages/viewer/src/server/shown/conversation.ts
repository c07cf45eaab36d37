import { sizesOf } from '@tacho/model'
import { type ConversationAt, jsonText } from '@tacho/reader'
import type { ConversationAnswer, PrefixFate } from '../../api/answers.js'
import { cut, shownMessage, shownMessages } from './messages.js'

/** Returns what a model was given at an exchange, what of it was new, and what it answered. */
export function shownConversation(at: ConversationAt): ConversationAnswer {
  const { request, answer, origins, newMessages, removed, missing, missingAnswer } = at
  return {
    ...(request.api !== undefined && { api: request.api }),
    ...(request.model !== undefined && { model: request.model }),
    parameters: request.parameters.map(({ name, value }) => ({
      name,
      text: cut(jsonText(value), 2000).text,
    })),
    tools: request.tools.map(({ name, description, value }) => ({
      name,
      ...(description !== undefined && { description: cut(description, 300).text }),
      text: cut(jsonText(value)).text,
    })),
    instructions: shownMessages(request.instructions),
    messages: shownMessages(request.messages).map((message) => ({
      ...message,
      ...(newMessages.has(message.number) && { isNew: true }),
      ...withOrigin(origins[message.number - 1], at.exchange.number),
    })),
    removed: removed.map(({ number, message }) => shownMessage(message, number)),
    answer: shownMessages(answer.messages),
    other: answer.other.map(
      (value) => cut(typeof value === 'string' ? value : jsonText(value)).text,
    ),
    ...prefixOf(at),
    missing: [
      ...missing.map(missingWords),
      ...(missingAnswer === undefined ? [] : [missingAnswer]),
    ],
    sizes: sizesOf(request).map(({ kind, name, bytes, estimatedTokens }) => ({
      kind,
      name,
      bytes,
      ...(estimatedTokens !== undefined && { estimatedTokens }),
    })),
  }
}

function withOrigin(origin: number | undefined, own: number): { origin?: number } {
  return origin === undefined || origin === own ? {} : { origin }
}

function missingWords({ exchange, reason }: ConversationAt['missing'][number]): string {
  return exchange === undefined ? reason : `exchange ${exchange}: ${reason}`
}

/** How much of a differing part is shown. */
const DIFFERENCE = 2000

function prefixOf({ comparison, previous }: ConversationAt): { prefix?: PrefixFate } {
  if (comparison === undefined || previous === undefined) return {}
  const { isContinuation, bytes, first } = comparison
  return {
    prefix: {
      previous: previous.number,
      isContinuation,
      sharedBytes: bytes.shared,
      bytes: bytes.after,
      ...(first !== undefined && {
        first: {
          kind: first.kind,
          change: first.change,
          ...(first.name !== undefined && { name: first.name }),
          ...(first.number !== undefined && { number: first.number }),
          ...(first.before !== undefined && { before: around(first.before, first.common) }),
          ...(first.after !== undefined && { after: around(first.after, first.common) }),
        },
      }),
    },
  }
}

/** Returns a text from where it begins to differ. */
function around(text: string, common: number): string {
  const from = Math.max(0, common - 200)
  return `${from > 0 ? '…' : ''}${cut(text.slice(from), DIFFERENCE).text}`
}
