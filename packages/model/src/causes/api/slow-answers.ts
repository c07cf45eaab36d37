import type { Cause } from '../cause.js'
import { endOfTime, isInFlight } from '../in-flight.js'
import type { Call, LogWords, SessionCase } from '../session-case.js'
import { goOnWords, shortText, timeWords } from '../words.js'
import { STALL_MS } from './call-trouble.js'

/** Returns answers that took their time, and those that nobody waited for to the end. */
export function slowAnswers(session: SessionCase): Cause[] {
  const calls = session.calls.filter(({ asksModel, isPrewarm }) => asksModel && !isPrewarm)
  const given = calls.flatMap((call) => givenUp(call, session) ?? [])
  return [
    ...given,
    ...stalls(calls, session),
    ...slowFirst(calls, session),
    ...slowStreams(calls, session),
  ]
}

/** Even a model that thinks first sends a sign within seconds. */
const SLOW_FIRST_MS = 10_000
/** Tokens a second. The slowest models of large providers reach 20 and more. */
const SLOW_TOKENS = 5
/** A shorter stream says nothing about the speed. */
const STREAM_MS = 10_000
/** Roughly this many characters make a token. */
const TOKEN_CHARACTERS = 4

function slowFirst(calls: readonly Call[], { id }: SessionCase): Cause[] {
  const slow = calls.filter(
    ({ firstChunkMs = 0, outcome }) => firstChunkMs >= SLOW_FIRST_MS && outcome === 'completed',
  )
  const worst = largest(slow, ({ firstChunkMs = 0 }) => firstChunkMs)
  if (worst === undefined) return []
  const took = timeWords(worst.firstChunkMs ?? 0)
  return [
    {
      code: 'slow-first-token',
      certainty: 'certain',
      exchange: worst.number,
      clues: slow.slice(0, 3).map(({ places, number, firstChunkMs = 0 }) => ({
        at: places.firstChunk,
        text: `exchange ${number}: the first byte came after ${timeWords(firstChunkMs)}`,
      })),
      sentence: `The API took ${took} to begin its answer to exchange ${worst.number}${slow.length > 1 ? `, and more than ${timeWords(SLOW_FIRST_MS)} in ${slow.length} of ${calls.length}` : ''}.`,
      next: `See how much was sent, and how much of it the API had in its cache: tacho cache ${id}. A faster model or service tier begins sooner.`,
      weight: 'trouble',
    },
  ]
}

function slowStreams(calls: readonly Call[], { id }: SessionCase): Cause[] {
  const slow = calls.flatMap((call) => {
    const rate = tokensPerSecond(call)
    return rate !== undefined && rate < SLOW_TOKENS ? [{ call, rate }] : []
  })
  const worst = largest(slow, ({ rate }) => -rate)
  if (worst === undefined) return []
  return [
    {
      code: 'slow-stream',
      certainty: 'likely',
      exchange: worst.call.number,
      clues: slow.slice(0, 3).map(({ call, rate }) => ({
        at: call.places.lastChunk,
        text: `exchange ${call.number}: ${rate.toFixed(1)} tokens a second over ${timeWords(streamMs(call))}`,
      })),
      sentence: `The answer to exchange ${worst.call.number} came at ${worst.rate.toFixed(1)} tokens a second for ${timeWords(streamMs(worst.call))}.`,
      next: `Look when its pieces came: tacho raw ${id} ${worst.call.number} --chunks. A faster model or service tier answers sooner.`,
      weight: 'trouble',
    },
  ]
}

// One long silence is a stall, and says nothing about the rest.
function tokensPerSecond(call: Call): number | undefined {
  const took = streamMs(call) - (call.silence?.ms ?? 0)
  if (call.outcome !== 'completed' || took < STREAM_MS) return undefined
  const { outputTokens = 0, reasoningTokens = 0, textLength = 0 } = call.facts
  const tokens = Math.max(outputTokens, reasoningTokens, textLength / TOKEN_CHARACTERS)
  return tokens === 0 ? undefined : tokens / (took / 1000)
}

function streamMs({ lastChunkAt = 0, firstChunkMs = 0 }: Call): number {
  return Math.max(0, lastChunkAt / 1000 - firstChunkMs)
}

/** A model may think before and between its words, in silence. */
const SILENT_ANYWHERE_MS = 60_000
/**
 * If an answer says that its model thought, that may have taken minutes; agents wait for five
 * (Codex's `stream_idle_timeout_ms`).
 */
const SILENT_THOUGHT_MS = 300_000

function stalls(calls: readonly Call[], { id }: SessionCase): Cause[] {
  const stalled = calls.flatMap((call) => {
    const { silence, outcome } = call
    if (silence === undefined || outcome !== 'completed') return []
    const thought = silence.isThought || (call.facts.reasoningTokens ?? 0) > 0
    const atRest = thought ? SILENT_THOUGHT_MS : SILENT_ANYWHERE_MS
    const least = silence.isWithinText ? STALL_MS : atRest
    return silence.ms >= least ? [{ call, silence }] : []
  })
  const worst = largest(stalled, ({ silence }) => silence.ms)
  if (worst === undefined) return []
  const { call, silence } = worst
  return [
    {
      code: 'stalled-stream',
      certainty: silence.isWithinText ? 'certain' : 'likely',
      exchange: call.number,
      clues: stalled.slice(0, 3).map((one) => ({
        at: one.silence.place,
        text: `exchange ${one.call.number}: nothing for ${timeWords(one.silence.ms)} behind this`,
      })),
      sentence: `The answer to exchange ${call.number} stalled for ${timeWords(silence.ms)}, and then went on.`,
      next: `Look when its pieces came: tacho raw ${id} ${call.number} --chunks.`,
      weight: 'trouble',
    },
  ]
}

/** A shorter silence is not why somebody gave up. */
const GIVEN_UP_MS = 2_000

// It hung, and a person or a program gave up before the agent's own time-out.
function givenUp(call: Call, session: SessionCase): Cause | undefined {
  const { outcome, places, startedMicros, lastChunkAt, chunks } = call
  const isOpen = isInFlight(call, session) && !call.isConnection
  // This is reported for the session as a whole.
  if (isOpen && session.ended === 'running') return undefined
  if (!isOpen && outcome !== 'cancelled') return undefined
  const isTimeout = session.parts.cancellations.some(
    ({ origin, stopped }) =>
      origin === 'timeout' && stopped.some(({ number }) => number === call.number),
  )
  if (isTimeout) return undefined
  const until = isOpen ? endOfTime(session) - startedMicros : (call.durationMs ?? 0) * 1000
  const silentMs = (until - (lastChunkAt ?? 0)) / 1000
  const isEnd = isOfUser(call, session) && isLastOf(call, session)
  // An agent that waited and then ended with an error was told to stop waiting.
  const isEndOfAll = isEnd && session.ended === 'failed' && outcome === 'cancelled'
  const said = isOpen ? undefined : timeoutWords(call, session)
  if (said === undefined && silentMs < (isEndOfAll ? GIVEN_UP_MS : STALL_MS)) return undefined
  const slow = chunks > 0 ? 'stalled-stream' : 'slow-first-token'
  const code = said === undefined ? slow : 'idle-timeout'
  return {
    code,
    certainty: said !== undefined || silentMs >= SILENT_ANYWHERE_MS ? 'certain' : 'likely',
    exchange: call.number,
    clues: [
      ...(said === undefined ? [] : [{ at: said.place, text: shortText(said.text) }]),
      {
        at: places.lastChunk ?? places.response ?? places.exchange,
        text: `the last that came of it; then nothing for ${timeWords(silentMs)}`,
      },
      ...(places.end === undefined ? [] : [{ at: places.end, text: 'the agent went away' }]),
    ],
    sentence:
      chunks > 0
        ? `The answer to exchange ${call.number} stalled: nothing came for ${timeWords(silentMs)}, and then the agent gave up.`
        : `Exchange ${call.number} was not answered: nothing came for ${timeWords(silentMs)}, and then the agent gave up.`,
    next: `Look when its pieces came: tacho raw ${session.id} ${call.number} --chunks. ${goOnWords(session)}`,
    weight: isEnd ? 'end' : 'trouble',
  }
}

/** An agent says at once why it stopped waiting. */
const SAID_WITHIN_MICROS = 10_000_000
const TIMED_OUT = /time(?:d)?[ -]?out/i

function timeoutWords(
  { startedMicros, durationMs = 0 }: Call,
  { words }: SessionCase,
): LogWords | undefined {
  const end = startedMicros + durationMs * 1000
  return words.find(
    ({ at, source, text }) =>
      source !== 'tacho' &&
      at >= end - SAID_WITHIN_MICROS / 10 &&
      at <= end + SAID_WITHIN_MICROS &&
      TIMED_OUT.test(text),
  )
}

function isOfUser(call: Call, { parts }: SessionCase): boolean {
  const thread = parts.threads.find(({ id }) => id === call.threadId)
  return thread === undefined || thread.kind === 'user'
}

function isLastOf(call: Call, { calls }: SessionCase): boolean {
  return !calls.some(
    (one) =>
      one.number > call.number && one.threadId === call.threadId && one.outcome === 'completed',
  )
}

function largest<One>(list: readonly One[], of: (one: One) => number): One | undefined {
  let best: One | undefined
  for (const one of list) if (best === undefined || of(one) > of(best)) best = one
  return best
}
