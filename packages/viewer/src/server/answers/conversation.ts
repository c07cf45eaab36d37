import {
  type ConversationAt,
  type ConversationReader,
  conversationAt,
  type IndexedExchange,
  ReaderError,
} from '@tacho/reader'
import { answerJson } from '../answer.js'
import { type Asked, NotFound } from '../routes.js'
import { shownConversation } from '../shown/conversation.js'
import { shownMessage } from '../shown/messages.js'
import { exchangeIn } from './named.js'

export async function answerConversation(asked: Asked): Promise<void> {
  const { reader, exchange } = await exchangeIn(asked)
  await answerJson(asked.response, shownConversation(conversation(reader, exchange)))
}

/** Answers with one message of it, with all of its text. */
export async function answerMessage(asked: Asked): Promise<void> {
  const { reader, exchange } = await exchangeIn(asked)
  const { list = '', message = '' } = asked.words
  const { request, answer } = conversation(reader, exchange)
  const messages = {
    instructions: request.instructions,
    messages: request.messages,
    answer: answer.messages,
  }
  const wanted = Object.hasOwn(messages, list) ? messages[list as keyof typeof messages] : []
  const found = /^[1-9]\d{0,8}$/.test(message) ? wanted[Number(message) - 1] : undefined
  if (found === undefined) throw new NotFound('There is no such message.')
  await answerJson(asked.response, shownMessage(found, Number(message), Number.POSITIVE_INFINITY))
}

function conversation(reader: ConversationReader, exchange: IndexedExchange): ConversationAt {
  try {
    return conversationAt(reader, exchange)
  } catch (cause) {
    if (cause instanceof ReaderError) throw new NotFound(cause.message)
    throw cause
  }
}
