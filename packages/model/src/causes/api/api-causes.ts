import type { Cause, Weight } from '../cause.js'
import type { CauseCode } from '../codes.js'
import type { Call, SessionCase } from '../session-case.js'
import { countWords, goOnWords, shortText, timeWords } from '../words.js'
import type { CallTrouble } from './call-trouble.js'
import { type Episode, episodesOf } from './episodes.js'
import { modelFault } from './model-faults.js'

/** Returns what the API, or the way to it, did to the session: one cause for each failure. */
export function apiCauses(session: SessionCase): Cause[] {
  return episodesOf(session).flatMap((episode) => causesOf(episode, session))
}

/** This many attempts of one request are a storm: Codex makes five, others two or three. */
const STORM = 5

function causesOf(episode: Episode, session: SessionCase): Cause[] {
  const { id } = session
  const { failed, recovered } = episode
  const last = failed.at(-1)
  if (last === undefined) return []
  const { call, trouble } = mostTelling(episode) ?? last
  const weight = weightOf(episode, trouble.code)
  const cause: Cause = {
    code: trouble.code,
    certainty: trouble.certainty,
    exchange: call.number,
    clues: clues(episode, trouble.code),
    sentence: sentence(episode, call, trouble),
    next: nextOf(trouble, call, session),
    weight,
  }
  if (failed.length < STORM) return [cause]
  const storm: Cause = {
    code: 'retry-storm',
    certainty: 'certain',
    exchange: last.call.number,
    clues: clues(episode, undefined),
    sentence: `${failed.length} requests failed in a row${recovered === undefined ? '' : ` before exchange ${recovered.number} was answered`}: ${countsOf(episode)}.`,
    next: `Look at how long it waited between the tries: tacho show ${id}. Fewer tries, or longer pauses between them, cost less.`,
    weight: weight === 'note' ? 'trouble' : weight,
  }
  return [cause, storm]
}

// The agent gave up on what the last attempt met. But if earlier ones were given a reason and the
// last just broke off, the reason is with them.
function mostTelling({ failed }: Episode): Episode['failed'][number] | undefined {
  const counts = new Map<CauseCode, number>()
  for (const { trouble } of failed) counts.set(trouble.code, (counts.get(trouble.code) ?? 0) + 1)
  const last = failed.at(-1)
  const [most] = [...counts].sort(([, one], [, other]) => other - one)
  if (last === undefined || most === undefined) return last
  const isRare = (counts.get(last.trouble.code) ?? 0) * 2 < most[1]
  return isRare ? failed.findLast(({ trouble }) => trouble.code === most[0]) : last
}

function weightOf({ recovered, isSameTurn, isOfUser }: Episode, code: CauseCode): Weight {
  if (recovered === undefined) return isOfUser ? 'end' : 'trouble'
  // What the model could not say stays unsaid, whatever comes next.
  if (LOSES.has(code) && isOfUser) return 'trouble'
  return isSameTurn || !isOfUser ? 'note' : 'trouble'
}

const LOSES: ReadonlySet<CauseCode> = new Set(['output-truncated', 'content-filter', 'refusal'])

function clues({ failed, recovered }: Episode, code: CauseCode | undefined) {
  const shown = failed.filter(({ trouble }) => code === undefined || trouble.code === code)
  const some = shown.length <= 4 ? shown : [...shown.slice(0, 2), ...shown.slice(-2)]
  return [
    ...some.map(({ call, trouble }) => ({
      ...trouble.clue,
      text: `exchange ${call.number}: ${shortText(trouble.clue.text)}`,
    })),
    ...(recovered === undefined
      ? []
      : [{ at: recovered.places.end, text: `exchange ${recovered.number}: answered` }]),
  ]
}

function countsOf({ failed }: Episode): string {
  const counts = new Map<string, number>()
  for (const { trouble } of failed) counts.set(trouble.code, (counts.get(trouble.code) ?? 0) + 1)
  return [...counts].map(([code, count]) => `${count} × ${code}`).join(', ')
}

function sentence(
  { failed, recovered }: Episode,
  call: Call,
  { code, said, finishReason }: CallTrouble,
): string {
  const what = modelFault(finishReason)?.sentence ?? SENTENCES[code] ?? 'a request was not answered'
  const told = said === '' ? '' : `: ${shortText(said)}`
  const tries = failed.length > 1 ? ` after ${countWords(failed.length, 'try', 'tries')}` : ''
  const then =
    recovered === undefined
      ? ''
      : ` It was answered at exchange ${recovered.number}, ${timeWords((recovered.startedMicros - (failed[0]?.call.startedMicros ?? 0)) / 1000)} later.`
  const end = /[.!?…]$/.test(told) ? '' : '.'
  return `At exchange ${call.number}${tries} ${what}${told}${end}${then}`
}

const SENTENCES: Partial<Record<CauseCode, string>> = {
  'rate-limited': 'the API refused the request, because there were too many in a short time',
  quota: 'the API refused the request, because the account has no quota or credit left',
  overloaded: 'the API was overloaded',
  'server-error': 'the API failed on its own side',
  auth: 'the API refused the credentials',
  'bad-request': 'the API rejected the request as invalid',
  'context-overflow': "the conversation was longer than the model's context",
  'model-not-found': 'the API does not know the model, or this account has no access to it',
  'connection-refused': "nothing listened at the API's address",
  unreachable: 'the address of the API could not be reached',
  dns: "the name of the API's host could not be resolved",
  tls: 'no TLS connection to the API could be made',
  'connection-reset': 'the connection to the API broke before it answered',
  'reset-mid-stream': 'the connection broke in the middle of the answer',
  'stream-ended-early': 'the answer ended before its last event',
  'idle-timeout': 'the API went silent, and the agent gave up waiting',
  'output-truncated': 'the answer was cut off at its token limit',
  'content-filter': 'a content filter stopped the request or its answer',
  refusal: 'the model refused to answer',
  'malformed-stream': 'what came as an answer could not be read',
}

function nextOf(
  { code, finishReason }: CallTrouble,
  { number, retryAfter }: Call,
  session: SessionCase,
): string {
  const { id } = session
  const fault = modelFault(finishReason)
  if (fault !== undefined) return fault.next(id, number)
  const raw = `tacho raw ${id} ${number}`
  switch (code) {
    case 'rate-limited':
      return retryAfter === undefined
        ? 'Wait, run fewer agents at a time, or ask the provider for a higher limit.'
        : `Wait: the API asks for ${timeWords(retryAfter * 1000)}. Run fewer agents at a time, or ask the provider for a higher limit.`
    case 'quota':
      return "Look at the plan and the billing page of the provider's account; trying again does not help."
    case 'overloaded':
    case 'server-error':
      return `Try again later; look at the provider's status page. ${goOnWords(session)}`
    case 'auth':
      return 'Look at which key or login is used and whether it is valid for this API; then log in again, or set another key.'
    case 'bad-request':
      return `See what was asked: ${raw} --request; the API's answer says what it does not accept. A setting that this model does not have, or an agent or a gateway of another version than the API, are the usual reasons.`
    case 'context-overflow':
      return `See what fills it: tacho context ${id} ${number}. Compact the conversation, or begin a new one.`
    case 'model-not-found':
      return "Look at the model's name in the configuration, and at what the account may use."
    case 'connection-refused':
    case 'unreachable':
    case 'dns':
      return 'Look at the base URL in the configuration, at the network and at the proxy settings.'
    case 'tls':
      return 'Look at the certificate of the API or of the proxy between, and at which certificates are trusted.'
    case 'connection-reset':
    case 'reset-mid-stream':
    case 'stream-ended-early':
      return `${goOnWords(session)} If it comes back, something between (a proxy, a VPN, a gateway with a time limit) or the server itself ends the connection; ${raw} --chunks shows what came, and when.`
    case 'idle-timeout':
      return `${goOnWords(session)} If it comes back, let the agent wait longer, or ask for less at a time; ${raw} --chunks shows what came, and when.`
    case 'output-truncated':
      return 'Raise the token limit for answers, or ask for less at a time.'
    case 'content-filter':
    case 'refusal':
      return `Look at what was asked: ${raw} --request; word it otherwise.`
    case 'malformed-stream':
      return `Look at what came: ${raw}. A page in place of an answer is that of a proxy, of the network's login, or of another server: look at the base URL.`
    default:
      return `Look at what went over the wire: ${raw}.`
  }
}
