import type { Certainty, Clue } from '../cause.js'
import type { CauseCode } from '../codes.js'
import type { Call, SessionCase } from '../session-case.js'
import { countWords, quoted } from '../words.js'
import { apiErrorCode, finishCode } from './api-error-code.js'
import { systemErrorCode } from './system-error-code.js'

/** What kept one request from being answered. */
export type CallTrouble = {
  code: CauseCode
  certainty: Certainty
  said: string
  clue: Clue
  /** Why the API ended the answer early, in its own word. */
  finishReason?: string
}

/** Without a byte of an answer for this many milliseconds, it counts as stalled and not as slow. */
export const STALL_MS = 10_000

/**
 * Returns what went wrong with a request; undefined if it was answered, or its agent cancelled it.
 */
export function troubleOf(call: Call, session: SessionCase): CallTrouble | undefined {
  const { state, status, places, error } = call
  const { end, response, exchange, lastChunk, unparsed } = places
  const timeout = timeoutOf(call, session)
  if (timeout !== undefined) {
    const clue = { at: end ?? lastChunk ?? exchange, text: timeout }
    return { code: 'idle-timeout', certainty: 'certain', said: timeout, clue }
  }
  if (call.outcome === 'incomplete') return incomplete(call)
  if (call.outcome === 'unreadable') return malformed(call)
  if (unparsed !== undefined && call.outcome !== 'completed' && state !== 'cancelled') {
    return malformed(call)
  }
  if (call.outcome === 'completed' && isRefused(call)) {
    const said = 'the answer is a refusal'
    return {
      code: 'refusal',
      certainty: 'certain',
      said,
      clue: { at: lastChunk ?? response, text: said },
    }
  }
  if (call.outcome === 'truncated') {
    const said =
      call.brokenEvents > 0
        ? `${countWords(call.brokenEvents, 'event')} that ${call.brokenEvents === 1 ? 'is' : 'are'} no JSON`
        : 'the stream ended before its last event'
    return {
      code: call.brokenEvents > 0 ? 'malformed-stream' : 'stream-ended-early',
      certainty: 'certain',
      said,
      clue: { at: end ?? lastChunk, text: `${said}, after ${call.chunks} chunks` },
    }
  }
  if (call.outcome === undefined && isLeftAtRedirection(call, session)) {
    const said = `${status}, a redirection where an answer was due`
    return {
      code: 'malformed-stream',
      certainty: 'certain',
      said,
      clue: { at: response, text: said },
    }
  }
  if (call.outcome === 'completed' && isLeftBroken(call, session)) {
    return broken(call, undefined, 'the connection ended before the response did')
  }
  if (call.outcome !== 'failed') return undefined
  const told = call.facts.error
  if (told !== undefined || (status ?? 0) >= 400) {
    const code = apiErrorCode({ status, ...told })
    // A stream that ends with an error began with 200. The title of a page mostly starts with its
    // status.
    const isSaid = told?.message?.startsWith(String(status)) === true
    const refused = (status ?? 0) >= 400 && !isSaid ? status : undefined
    const name = told?.code ?? told?.type
    const words = [refused, name === String(refused) ? undefined : name, told?.message].filter(
      (one) => one !== undefined,
    )
    const at = (status ?? 0) >= 400 ? response : (lastChunk ?? response)
    const said = words.join(' ')
    return { code, certainty: 'certain', said, clue: { at: at ?? exchange, text: said } }
  }
  return broken(call, error?.code, error?.message)
}

// Mostly a redirect to the login page of a proxy or a network: an agent that follows it asks again.
function isLeftAtRedirection({ state, status = 0, ...call }: Call, session: SessionCase): boolean {
  return state === 'completed' && status >= 300 && status < 400 && isLastAsked(call, session)
}

// The whole answer was there and readable, but not for an agent that waits for the promised length.
function isLeftBroken({ state, ...call }: Call, session: SessionCase): boolean {
  return state === 'failed' && session.ended === 'failed' && isLastAsked(call, session)
}

function isLastAsked(
  { number, threadId }: Pick<Call, 'number' | 'threadId'>,
  { calls }: SessionCase,
): boolean {
  return !calls.some((one) => one.number > number && one.threadId === threadId)
}

function broken(call: Call, code: string | undefined, message: string | undefined): CallTrouble {
  const { places, chunks, status } = call
  const hasBegun = chunks > 0 || status !== undefined
  const meant = code === undefined ? undefined : systemErrorCode(code, hasBegun)
  const said =
    [code, message].filter((one) => one !== undefined).join(': ') || 'the connection broke'
  return {
    code: meant ?? (hasBegun ? 'reset-mid-stream' : 'connection-reset'),
    certainty: meant === undefined ? 'likely' : 'certain',
    said,
    clue: { at: places.end ?? places.exchange, text: said },
  }
}

function incomplete(call: Call): CallTrouble {
  const { facts, places } = call
  const reason = facts.finishReasons?.find((one) => finishCode(one) !== undefined)
  const code = reason === undefined ? 'stream-ended-early' : finishCode(reason)
  const said = `the API ended the answer early: ${reason ?? facts.finishReasons?.[0] ?? 'no reason told'}`
  return {
    code: code ?? 'stream-ended-early',
    certainty: 'certain',
    said,
    clue: { at: places.lastChunk ?? places.response, text: said },
    ...(reason !== undefined && { finishReason: reason }),
  }
}

function malformed(call: Call): CallTrouble {
  const { unparsed = [], places } = call
  const reason = unparsed.find(({ side }) => side === 'response')?.reason
  const { page } = call.facts
  const came = page === undefined ? 'it is not an answer of this API' : quoted(page, 100)
  const said = reason ?? came
  const at = places.unparsed ?? places.firstChunk ?? places.response ?? places.end
  return { code: 'malformed-stream', certainty: 'certain', said, clue: { at, text: said } }
}

/** Returns why the agent hung up, if it waited until its time-out. */
function timeoutOf(call: Call, { parts }: SessionCase): string | undefined {
  if (call.outcome !== 'cancelled') return undefined
  const timedOut = parts.cancellations.find(
    ({ origin, stopped }) =>
      origin === 'timeout' && stopped.some(({ number }) => number === call.number),
  )
  return timedOut === undefined ? undefined : (timedOut.reason ?? 'the agent gave up waiting')
}

/** Returns whether the model refuses to answer (`refusal` in OpenAI's APIs). */
function isRefused({ facts }: Call): boolean {
  return facts.refusalLength !== undefined && facts.textLength === undefined
}
