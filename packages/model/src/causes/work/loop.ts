import type { Cause } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { quoted } from '../words.js'
import type { ToolResult } from './tool-results.js'

/** So often the same call with the same result, one after the other, teaches a model nothing. */
const REPEATS = 4
const CERTAIN_REPEATS = 8
/** Two or three calls that follow one another in turn are a loop as well. */
const LONGEST_PERIOD = 3

/** The same calls with the same results, again and again. */
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
        if (found === undefined || times > found.times) found = { from, to, times, period }
      }
    }
  }
  if (found === undefined) return []
  const { from, to, times, period } = found
  const what = quoted(to.tool?.command ?? `${to.name} ${to.arguments}`, 80)
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
      sentence: `The agent went in a loop: ${period === 1 ? what : `the same ${period} calls, the last of them ${what},`} ${times} times with the same result, from exchange ${from.exchange} to ${to.exchange}.`,
      next: `See what it was told: tacho raw ${session.id} ${to.exchange} --request. Say in the prompt what to do where that fails.`,
      weight: 'trouble',
    },
  ]
}

// Codex's ids and times of a run are others each time.
const OTHERS_EACH_TIME = /^(Chunk ID|Wall time|Original token count|Total output lines):.*$/gim

function keyOf({ name, arguments: given, output }: ToolResult): string {
  return `${name}\0${given}\0${output.replace(OTHERS_EACH_TIME, '')}`
}
