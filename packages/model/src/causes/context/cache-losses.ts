import type { Cause } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { timeWords } from '../words.js'
import { isOtherTalk, isShortened } from './rewrites.js'
import { compactionBefore, type Pair, pairs } from './steps.js'

/** Neither OpenAI nor Anthropic caches shorter prefixes (in tokens). */
const LEAST_CACHED = 1024
/** Both forget after five idle minutes, unless somebody pays for more. */
const FORGETS_MS = 5 * 60 * 1000
/**
 * Caches store prefixes in blocks and on many machines: a little less than before is not a loss.
 */
const LOST_SHARE = 0.5

/**
 * Returns requests for which the API found much less in its cache than for the one before, and why.
 */
export function cacheLosses(session: SessionCase): Cause[] {
  const lost = pairs(session).filter(
    (pair) =>
      isLost(pair) &&
      compactionBefore(session, pair) === undefined &&
      !isShortened(pair) &&
      !isOtherTalk(pair),
  )
  const told = lost.slice(0, 3).flatMap((pair) => causeOf(session, pair))
  return told.length > 0 ? told : neverCached(session)
}

/**
 * This many requests in a row, of which nothing was cached and each of which begins differently.
 */
const NEVER = 3

// An API without a cache reports the same for all requests, so the prompt must have changed each
// time.
function neverCached(session: SessionCase): Cause[] {
  const asked = pairs(session).filter((pair) => !isOtherTalk(pair))
  const missed = asked.filter(({ step, call, before }) => {
    const { cacheReadTokens, inputTokens = 0 } = call.facts
    const isMissed = cacheReadTokens === 0 && inputTokens >= LEAST_CACHED
    return isMissed && brokenAt(session, { step, before }) !== undefined
  })
  const [first] = missed
  if (first === undefined || missed.length < NEVER || missed.length < asked.length) return []
  const { step, call, before } = first
  const at = brokenAt(session, first)
  return [
    {
      code: 'cache-break',
      certainty: 'likely',
      exchange: call.number,
      clues: missed.slice(0, 3).map((pair) => ({
        at: pair.step.place,
        text: `exchange ${pair.call.number}: ${brokenAt(session, pair)} is not that of exchange ${pair.before.number}; 0 tokens from the cache`,
      })),
      sentence: `None of ${missed.length} requests could use the prompt cache, because ${at} changed with each of them, first at exchange ${call.number}.`,
      next: `See what changes: tacho diff ${session.id} ${before.number} ${step.exchange}. A time or a counter belongs behind what stays.`,
      weight: 'trouble',
    },
  ]
}

// What was cached once for the same thread could have been found again.
function isLost({ call, before }: Pair): boolean {
  const [had, has] = [before.facts.cacheReadTokens, call.facts.cacheReadTokens]
  const wrote = before.facts.cacheCreationTokens ?? 0
  if (had === undefined || has === undefined) return false
  const could = had + wrote
  return could >= LEAST_CACHED && has < could * LOST_SHARE
}

function causeOf(session: SessionCase, { step, call, before }: Pair): Cause[] {
  const [had, has] = [before.facts.cacheReadTokens ?? 0, call.facts.cacheReadTokens ?? 0]
  const clues = [
    {
      at: before.places.lastChunk,
      text: `exchange ${before.number}: ${had} tokens from the cache`,
    },
    { at: call.places.lastChunk, text: `exchange ${call.number}: ${has}` },
  ]
  const at = brokenAt(session, { step, before })
  const next = `See it request by request: tacho cache ${session.id}.`
  if (at !== undefined) {
    return [
      {
        code: 'cache-break',
        certainty: 'certain',
        exchange: call.number,
        clues: [
          { at: step.place, text: `${at} is not that of exchange ${before.number}` },
          ...clues,
        ],
        sentence: `The prompt cache broke at exchange ${call.number}, at ${at}: ${has} tokens came from it, down from ${had}.`,
        next,
        weight: 'trouble',
      },
    ]
  }
  const idleMs = (call.startedMicros - before.startedMicros - before.lastAt) / 1000
  const isExpired = idleMs >= FORGETS_MS
  // Caches are kept on many machines, and make room when they must: it happens, and nobody can mend it.
  const why = isExpired
    ? ''
    : ' Nothing had changed and not much time had passed, so the provider dropped it early, or another of its machines answered.'
  return [
    {
      code: 'cache-expired',
      certainty: isExpired ? 'likely' : 'possible',
      exchange: call.number,
      clues: [
        {
          at: call.places.exchange,
          text: `${timeWords(idleMs)} behind the end of exchange ${before.number}`,
        },
        ...clues,
      ],
      sentence: `The prompt cache no longer had exchange ${before.number} at exchange ${call.number}, ${timeWords(idleMs)} later: ${has} tokens came from it, down from ${had}.${why}`,
      next: `${next} Some APIs keep it longer for a price.`,
      weight: isExpired ? 'trouble' : 'note',
    },
  ]
}

/** Returns the first part of a prompt that changed, in the order in which APIs assemble it. */
function brokenAt(
  session: SessionCase,
  { step, before }: Pick<Pair, 'step' | 'before'>,
): string | undefined {
  const earlier = session.steps.find(({ exchange }) => exchange === before.number)
  if (earlier?.model !== step.model) return `the model (${step.model})`
  if (step.tools !== undefined) {
    const { added, removed, changed } = step.tools
    return `the tools (${[...added, ...removed, ...changed][0] ?? 'their order'})`
  }
  const [member] = step.changed
  if (member !== undefined) return `the ${member}`
  if (step.dropped.length === 0) return undefined
  const message = `message ${step.sharedMessages + 1}`
  return step.dropped[0]?.role === 'system' ? `the instructions (${message})` : message
}
