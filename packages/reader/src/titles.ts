import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cut } from '@tacho/format'
import { type AnswerFacts, modelApiOf } from '@tacho/model'
import { answerEvents } from './answer-events.js'
import { exchangeRecords } from './exchange-records.js'
import { objectOf, parsedJson, textOf } from './json-value.js'
import { openRegular } from './open-regular.js'
import { promptsOf } from './prompts.js'
import type { IndexedExchange, RawIndex } from './raw-index.js'
import { readAt } from './sealed/read-blocks.js'

const TITLE_CHARACTERS = 200

/**
 * What stands above a session: its title, or else what the user asked for first; nothing where neither
 * is known.
 */
export function headingOf(folder: string, agent: string, index: RawIndex): string | undefined {
  const prompts = promptsOf(folder, index, namesItself(agent) ? undefined : 1)
  const title = titleOf(folder, agent, index, prompts) ?? oneLine(prompts[0] ?? '')
  return title === '' ? undefined : cut(title, TITLE_CHARACTERS)
}

/**
 * What an agent calls a session: what its model answered to a request for a title, or what it wrote
 * into its own transcript; nothing where it does neither.
 */
export function titleOf(
  folder: string,
  agent: string,
  { exchanges }: RawIndex,
  prompts: readonly string[],
): string | undefined {
  const asked = exchanges.findLast(({ isTitle, state }) => isTitle && state === 'completed')
  const text = asked === undefined ? undefined : answeredText(folder, asked)
  const title = text === undefined ? transcriptTitle(folder, agent, prompts) : answered(text)
  return title === undefined || title === '' ? undefined : cut(title, TITLE_CHARACTERS)
}

// `arrivedText` reads more than a list can wait for.
function answeredText(folder: string, exchange: IndexedExchange): string | undefined {
  const parts: string[] = []
  const facts: AnswerFacts = { onText: (text) => parts.push(text) }
  for (const record of exchangeRecords(folder, exchange, () => {})) {
    if (record.kind !== 'exchange') return undefined
    const api = modelApiOf(record.method, pathOf(record.url))
    if (api === undefined) return undefined
    for (const { value } of answerEvents(folder, exchange)) api.readEvent(objectOf(value), facts)
    return parts.join('')
  }
  return undefined
}

// As JSON where the agent asks for that: an object with a title, or a text in quotes.
function answered(text: string): string {
  const said = parsedJson(text)
  const { title } = objectOf(said)
  return oneLine([title, said, text].find((one) => typeof one === 'string') as string)
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** Claude Code writes what it is called again and again, so that it stands near the end. */
const TAIL_BYTES = 128 * 1024
/** By how much one goes before another: the user's own word first. */
const NAMES = [
  ['custom-title', 'customTitle'],
  ['ai-title', 'aiTitle'],
  ['summary', 'summary'],
] as const

function transcriptTitle(
  folder: string,
  agent: string,
  prompts: readonly string[],
): string | undefined {
  if (!namesItself(agent)) return undefined
  const lines = tailLines(folder)
  for (const [type, member] of NAMES) {
    const line = lines.findLast((text) => text.includes(`"type":"${type}"`))
    const title = oneLine(textOf(objectOf(parsedJson(line ?? ''))[member]))
    if (title !== '') return isHarmless(title, prompts) ? title : undefined
  }
  return undefined
}

/** Whether it writes what a session is called into its transcript: that is held against all prompts. */
function namesItself(agent: string): boolean {
  return agent === 'claude'
}

/** What is shorter is taken for no secret anywhere. */
const SECRET_CHARACTERS = 12

// In a transcript no secret is replaced: a word that could be one must stand in a prompt, where it
// would have been.
function isHarmless(title: string, prompts: readonly string[]): boolean {
  const said = prompts.join('\n').toLowerCase()
  return title
    .split(' ')
    .every((word) => word.length < SECRET_CHARACTERS || said.includes(word.toLowerCase()))
}

function tailLines(folder: string): string[] {
  const name = readdirSync(folder).find((one) => one.endsWith('.jsonl'))
  const opened = openRegular(join(folder, name ?? 'none.jsonl'))
  if ('refused' in opened) return []
  try {
    const from = Math.max(0, opened.size - TAIL_BYTES)
    return readAt(opened.descriptor, from, opened.size - from)
      .toString()
      .split('\n')
  } catch {
    return []
  } finally {
    opened[Symbol.dispose]()
  }
}
