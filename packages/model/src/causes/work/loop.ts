import { objectOf } from '../../model-api/json.js'
import type { Cause } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { quoted } from '../words.js'
import { calledWords, type ToolResult } from './tool-results.js'

/** The same call with the same result this often in a row teaches a model nothing. */
const REPEATS = 4
const CERTAIN_REPEATS = 8
/** Two or three calls that alternate are a loop as well. */
const LONGEST_PERIOD = 3

/** Returns the same calls with the same results, again and again. */
export function loops(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  const threads = new Map<string, ToolResult[]>()
  for (const result of results) {
    const thread = result.threadId ?? ''
    threads.set(thread, [...(threads.get(thread) ?? []), result])
  }
  let found: { from: ToolResult; to: ToolResult; times: number; period: number } | undefined
  for (const all of threads.values()) {
    const keys = all.map(keyOf)
    for (let period = 1; period <= LONGEST_PERIOD; period += 1) {
      let same = 0
      for (let at = period; at < keys.length; at += 1) {
        same = keys[at] === keys[at - period] ? same + 1 : 0
        const times = Math.floor(same / period) + 1
        const [from, to] = [all[at - same - period + 1], all[at]]
        if (from === undefined || to === undefined || times < REPEATS) continue
        const next = all[at + 1]
        if (next !== undefined && keys[at + 1] === keys[at + 1 - period]) continue
        // One call again and again is no two in turn.
        if (period > 1 && keys[at] === keys[at - 1]) continue
        if (isWaitedFor(all[at + 1 - period], next)) continue
        if (found === undefined || times > found.times) found = { from, to, times, period }
      }
    }
  }
  if (found === undefined) return []
  const { from, to, times, period } = found
  const isLast = to === threads.get(to.threadId ?? '')?.at(-1)
  const what = quoted(whatOf(to), 80)
  return [
    {
      code: 'loop',
      certainty: times >= CERTAIN_REPEATS ? 'certain' : 'likely',
      exchange: to.exchange,
      ...(to.tool !== undefined && { tool: to.tool.spanId }),
      clues: [
        { at: from.place, text: `exchange ${from.exchange}: ${what}, for the first time` },
        {
          at: to.place,
          text: `exchange ${to.exchange}: the same with the same result, for the ${times}th`,
        },
      ],
      sentence: `The agent was in a loop: ${period === 1 ? what : `the same ${period} calls, the last of them ${what},`} ${times} times with the same result, from exchange ${from.exchange} to ${to.exchange}.`,
      next: `See what it was told: tacho raw ${session.id} ${to.exchange} --request. Say in the prompt what to do if that fails.`,
      weight: 'trouble',
      ...(isLast && { isLast }),
    },
  ]
}

function whatOf(result: ToolResult): string {
  const called = calledWords(result)
  return called === result.name ? `${called} ${result.arguments}` : called
}

// Polling something until it changes is waiting, not a loop.
function isWaitedFor(last: ToolResult | undefined, next: ToolResult | undefined): boolean {
  if (last === undefined || next === undefined || next.name !== last.name) return false
  return next.arguments === last.arguments
}

// Codex's ids and run times differ each time, and so does what most programs print about times,
// processes and their own files. A number that counts up is different: it shows progress.
const OTHERS_EACH_TIME: readonly RegExp[] = [
  /^(Chunk ID|Wall time|Original token count|Total output lines):.*$/gim,
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g,
  /\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b/g,
  /\b\d+(?:\.\d+)?\s?(?:ns|µs|us|ms|s|secs?|seconds?|m|mins?|minutes?)\b/gi,
  // Seconds since 1970, and parts of them.
  /\b1[5-9]\d{8}(?:\d{3}){0,3}(?:\.\d+)?\b/g,
  /\b(?:pid|process|seed)[ =:#]*\d+/gi,
  /\b(?:localhost|127\.0\.0\.1|\[?::1\]?):\d{4,5}\b/g,
  /0x[0-9a-f]+/gi,
  /\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/gi,
  /\b(?:request|trace|span|correlation)[ _-]?id["']?[ :=]+["']?[\w-]+/gi,
  /\/tmp\/[\w.-]+/g,
]

function keyOf({ name, arguments: given, output }: ToolResult): string {
  const said = OTHERS_EACH_TIME.reduce((text, other) => text.replace(other, ''), output)
  return `${name}\0${sameJson(given)}\0${said}`
}

// The order of members and the spaces between them do not matter.
function sameJson(text: string): string {
  const json = objectOf(text)
  if (json === undefined) return text
  return JSON.stringify(Object.entries(json).sort(([one], [other]) => (one < other ? -1 : 1)))
}
