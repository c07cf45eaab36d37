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
import { readAt } from './read-at.js'

const TITLE_CHARACTERS = 200

/**
 * Returns the heading of a session: its title, else the user's first prompt; undefined if neither
 * is known.
 */
export function headingOf(folder: string, agent: string, index: RawIndex): string | undefined {
  const prompts = promptsOf(folder, index, namesItself(agent) ? undefined : 1)
  const title = titleOf(folder, agent, index, prompts) ?? oneLine(prompts[0] ?? '')
  return title === '' ? undefined : cut(title, TITLE_CHARACTERS)
}

/**
 * Returns an agent's title for a session: the model's answer to a request for a title, or what the
 * agent wrote to its own transcript; undefined if there is neither.
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

// JSON if the agent asks for that: an object with a title, or a quoted text.
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

/** Claude Code repeats the title, so it is near the end. */
const TAIL_BYTES = 128 * 1024
/** In order of precedence: the user's own title first. */
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

/**
 * Returns whether the agent writes titles to its transcript. Such a title is compared with all
 * prompts.
 */
function namesItself(agent: string): boolean {
  return agent === 'claude'
}

/** Nothing shorter counts as a secret anywhere. */
const SECRET_CHARACTERS = 12

// Transcripts are not scrubbed: a word that could be a secret must also be in a prompt, where it
// would have been replaced.
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
