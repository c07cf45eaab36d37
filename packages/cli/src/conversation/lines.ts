import type { ConversationAt, Message } from '@tacho/reader'
import { cutTo } from '../display-width.js'
import { outputWidth } from '../output.js'
import { printable } from '../printable.js'
import { styled } from '../style.js'
import { recordedJson } from '../write-json.js'
import { messageLine, messageLines, partLines } from './message-lines.js'

/**
 * Prints a conversation: earlier messages in one line each, new ones in full, and the answer.
 *
 * @param isWhole everything in full.
 */
export function conversationLines(at: ConversationAt, isWhole: boolean): string[] {
  return [...headLines(at, isWhole), '', ...messagesLines(at, isWhole), ...answerLines(at)]
}

function headLines(at: ConversationAt, isWhole: boolean): string[] {
  const { request, exchange } = at
  const { model, api, instructions, tools, parameters } = request
  const what = [model, api && `over ${API_TITLES[api]}`].filter((word) => word !== undefined)
  const title = `exchange ${exchange.number}${what.length > 0 ? `, ${what.join(' ')}` : ''}`
  const names = tools.map(({ name }) => name).join(', ')
  const fields: [name: string, text: string][] = [
    ['new', newWords(at)],
    ['tools', tools.length === 0 ? '' : `${tools.length}: ${names}`],
    ...parameters.map(({ name, value }): [string, string] => [name, recordedJson(value)]),
  ]
  const shown = fields.filter(([, text]) => text !== '')
  const widest = Math.max(0, ...shown.map(([name]) => Math.min(name.length, 30)))
  return [
    styled('heading', printable(title)),
    ...shown.map(([name, text]) => {
      const line = `  ${printable(name).padEnd(widest)}  ${printable(text)}`
      return isWhole ? line : cutTo(line, Math.min(outputWidth(), 200))
    }),
    ...instructions.flatMap((message) =>
      isWhole
        ? ['', ...messageLines({ ...message, role: 'instructions' }, '    ')]
        : ['', messageLine({ ...message, role: 'instructions' }, outputWidth())],
    ),
  ]
}

export const API_TITLES = {
  responses: 'Responses',
  'chat-completions': 'Chat Completions',
  messages: 'Messages',
  gemini: 'generateContent',
} as const

function newWords({ previous, newMessages, removed, request }: ConversationAt): string {
  const count = newMessages.size
  if (previous === undefined) return 'all of it: there is no request before it in its thread'
  const gone = removed.length > 0 ? `, ${removed.length} of those before are gone` : ''
  return `${count} of ${request.messages.length} messages, since exchange ${previous.number}${gone}`
}

function messagesLines(
  { request, newMessages, previous }: ConversationAt,
  isWhole: boolean,
): string[] {
  const width = String(request.messages.length).length
  return request.messages.flatMap((message, index) => {
    const number = String(index + 1).padStart(width)
    const isNew = newMessages.has(index + 1)
    const mark = isNew ? styled('good', `+ ${number}`) : `  ${number}`
    // A first request contains the agent's own texts, which are long and mostly known.
    const isOwn = previous === undefined && INSTRUCTING.has(message.role)
    if ((!isNew || isOwn) && !isWhole) {
      return [`${mark}  ${messageLine(message, outputWidth() - width - 4)}`]
    }
    return numbered(mark, message, ' '.repeat(width + 4))
  })
}

const INSTRUCTING = new Set(['system', 'developer'])

function numbered(mark: string, message: Message, indent: string): string[] {
  const [title = '', ...lines] = messageLines(message, indent)
  return [`${mark}  ${title}`, ...lines]
}

function answerLines({ answer }: ConversationAt): string[] {
  const { messages, other } = answer
  if (messages.length === 0 && other.length === 0) return []
  return [
    '',
    styled('heading', 'answer'),
    ...messages.flatMap(({ parts }) => partLines(parts, '    ')),
    ...other.map((value) => `    ${printable(recordedJson(value))}`),
  ]
}
