import {
  approvalsOf,
  type CachedExchange,
  cacheStory,
  cancellationsOf,
  chunkPaces,
  compareExchanges,
  compareSessions,
  contextAt,
  conversationAt,
  conversationReader,
  explainSession,
  findSessions,
  listSessions,
  readSession,
  SEARCHED,
  searchPattern,
  searchSession,
  sessionStats,
  shortenedHistories,
  usesOf,
} from '@tacho/reader'
import { z } from 'zod'
import { sinceOf } from '../age.js'
import { approvalJson } from '../approvals/json.js'
import { cachedJson } from '../cache/json.js'
import { cancellationJson } from '../cancellations/json.js'
import { contextJson } from '../context/json.js'
import { chosenRequest } from '../conversation/chosen-request.js'
import { conversationJson } from '../conversation/json.js'
import { chosenPair } from '../diff/chosen-pair.js'
import { exchangesJson, sessionsJson } from '../diff/json.js'
import { explanationJson } from '../explain/json.js'
import { summaryJson } from '../list-json.js'
import { sessionNamed } from '../session-options.js'
import { sessionJson } from '../show/json.js'
import { statsJson } from '../stats/json.js'

/** A question that a program can ask, with the same answer as a command's `--json`. */
export type QuestionTool = {
  name: string
  description: string
  input: z.ZodRawShape
  answer(given: Record<string, unknown>, roots: readonly string[]): Answer | Promise<Answer>
}

/**
 * The output of a command's `--json`, and what is missing in it, which a command says on stderr.
 */
type Answer = { json: unknown; missing: string[] }

const MORE = 'This is not all: it ends at the limit that was asked for, and there is more.'
const PARTLY_SEARCHED = 'This may not be all: there is more in a session than is searched.'
const PARTLY_READ =
  'This may not be all: some of the session could not be read. Ask show_session; its "damage" tells what.'

function answered(json: unknown, ...read: { damage: readonly unknown[] }[]): Answer {
  const isWhole = read.every(({ damage }) => damage.length === 0)
  return { json, missing: isWhole ? [] : [PARTLY_READ] }
}

const session = z
  .string()
  .default('last')
  .describe('id of the session, its beginning, or "last": the one that was started last')
const exchange = z.number().int().positive().describe('number of an exchange, from 1')
const when = z.string().describe('an age (30m, 12h, 7d, 2w) or a time (ISO 8601)')

/** The most sessions or hits in one answer. */
const MOST_LISTED = 500
const MOST_HITS = 500

/** All available questions. None of them changes anything. */
export const QUESTION_TOOLS: readonly QuestionTool[] = [
  {
    name: 'list_sessions',
    description: 'Which sessions there are, newest first: agent, prompt, time, how each ended',
    input: {
      words: z.array(z.string()).optional().describe('only sessions with these in a prompt'),
      since: when.optional(),
      failed: z.boolean().optional().describe('ended badly'),
      limit: z.number().int().positive().max(MOST_LISTED).default(50),
    },
    answer({ words, since, failed, limit }, roots) {
      const query = {
        count: (limit as number) + 1,
        ...(words !== undefined && { words: words as string[] }),
        ...(since !== undefined && { since: sinceOf(since as string) }),
        ...(failed === true && { isFailed: true }),
      }
      const found = listSessions(roots, query, {})
      const listed = found.slice(0, limit as number).map(summaryJson)
      return { json: listed, missing: listed.length < found.length ? [MORE] : [] }
    },
  },
  {
    name: 'show_session',
    description: 'What happened in a session: its turns, exchanges, tools, approvals, in order',
    input: { session },
    async answer({ session: name }, roots) {
      const told = await readSession(folderOf(name, roots))
      const { exchanges, spans, ...rest } = sessionJson(told, undefined)
      return answered({ ...rest, exchanges: [...exchanges], spans: [...spans] }, told)
    },
  },
  {
    name: 'explain_session',
    description: 'How a session ended and why: causes with their evidence, and what to do next',
    input: { session },
    async answer({ session: name }, roots) {
      const explanation = await explainSession(folderOf(name, roots))
      return answered(explanationJson(explanation), explanation.session)
    },
  },
  {
    name: 'read_messages',
    description: 'The conversation as the model was given it at an exchange, and its answer',
    input: { session, exchange: exchange.optional() },
    answer({ session: name, exchange: number }, roots) {
      const reader = conversationReader(folderOf(name, roots))
      const at = conversationAt(reader, chosenRequest(reader, number as number))
      return answered(conversationJson(at), reader)
    },
  },
  {
    name: 'diff_requests',
    description: 'What changed between two requests of a session; one alone with that before it',
    input: { session, exchange, other: exchange.optional() },
    answer({ session: name, exchange: number, other }, roots) {
      const reader = conversationReader(folderOf(name, roots))
      const [before, after] = chosenPair(reader, number as number, other as number | undefined)
      return answered(exchangesJson(compareExchanges(reader, before, after)), reader)
    },
  },
  {
    name: 'diff_sessions',
    description: 'The first step at which two sessions part, prose set aside',
    input: { session, other: z.string().describe('the other session') },
    answer({ session: name, other }, roots) {
      const one = sessionNamed(name as string, { roots })
      const two = sessionNamed(other as string, { roots })
      const readers = [conversationReader(one.folder), conversationReader(two.folder)] as const
      return answered(sessionsJson(compareSessions(...readers), [one.id, two.id]), ...readers)
    },
  },
  {
    name: 'read_context',
    description: "What filled the model's context at an exchange, the largest first",
    input: { session, exchange: exchange.optional() },
    answer({ session: name, exchange: number }, roots) {
      const reader = conversationReader(folderOf(name, roots))
      const chosen = chosenRequest(reader, number as number)
      const uses = usesOf(reader.folder, () => undefined)
      const shortened = shortenedHistories(reader, chosen, uses)
      return answered(contextJson(contextAt(reader, chosen, uses), shortened), reader)
    },
  },
  {
    name: 'explain_cache',
    description: 'For each request what came from the prompt cache, and what broke it',
    input: { session },
    async answer({ session: name }, roots) {
      const folder = folderOf(name, roots)
      const told = await readSession(folder)
      const reader = conversationReader(folder)
      const story: CachedExchange[] = [...cacheStory(reader, told.exchanges)]
      const json = story.map((one) => cachedJson(one))
      return answered(json, told, reader)
    },
  },
  {
    name: 'read_stats',
    description: 'Where time and tokens went, by turn, tool and model; waiting for people apart',
    input: { session },
    async answer({ session: name }, roots) {
      const folder = folderOf(name, roots)
      const told = await readSession(folder)
      return answered(statsJson([sessionStats(told, chunkPaces(told))], undefined), told)
    },
  },
  {
    name: 'list_approvals',
    description: 'What was asked before an action, who answered, and how long it waited',
    input: { session },
    async answer({ session: name }, roots) {
      const told = await readSession(folderOf(name, roots))
      return answered(approvalsOf(told).map(approvalJson), told)
    },
  },
  {
    name: 'list_cancellations',
    description: 'What was stopped before its end, by whom, and how much had arrived',
    input: { session },
    async answer({ session: name }, roots) {
      const told = await readSession(folderOf(name, roots))
      return answered(cancellationsOf(told).map(cancellationJson), told)
    },
  },
  {
    name: 'grep',
    description: 'Where a text was sent or received: a regular expression over what was said',
    input: {
      pattern: z.string(),
      session: z.string().optional().describe('one session; by default, all'),
      in: z.array(z.enum(SEARCHED)).default([...SEARCHED]),
      literal: z.boolean().default(false).describe('the pattern is a text'),
      ignore_case: z.boolean().default(false),
      limit: z.number().int().positive().max(MOST_HITS).default(100),
    },
    answer({ pattern: text, session: name, in: places, literal, ignore_case, limit }, roots) {
      const pattern = searchPattern(text as string, {
        isLiteral: literal as boolean,
        ignoresCase: ignore_case as boolean,
      })
      const sessions =
        name === undefined ? findSessions(roots) : [sessionNamed(name as string, { roots })]
      const hits: object[] = []
      let isCut = false
      const within = new Set(places as typeof SEARCHED)
      const passed = () => {
        isCut = true
      }
      for (const { folder } of sessions) {
        for (const hit of searchSession(folder, pattern, within, passed)) {
          if (hits.length === limit) return { json: { hits, isCut: true }, missing: [MORE] }
          hits.push(hit)
        }
      }
      return { json: { hits, isCut }, missing: isCut ? [PARTLY_SEARCHED] : [] }
    },
  },
]

function folderOf(name: unknown, roots: readonly string[]): string {
  return sessionNamed(name as string, { roots }).folder
}
