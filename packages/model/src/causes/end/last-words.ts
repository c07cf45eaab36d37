import type { LogWords, SessionCase } from '../session-case.js'

/** What an agent says about its end comes immediately; anything earlier is about its work. */
const LAST_MICROS = 10_000_000
/** A stack, and the lines around it. */
const LAST_LINES = 60

/**
 * Returns what the agent last wrote to standard error, oldest first. Agents that print the output
 * of their tools print it there as well: such words are left out, because they are not the agent's
 * own.
 */
export function lastWords({ runs, words, steps, lastSeenAt }: SessionCase): LogWords[] {
  const last = runs.at(-1)
  const end = last?.endedAt ?? lastSeenAt ?? 0
  const since = Math.max(last?.startedAt ?? 0, end - LAST_MICROS)
  const said = words
    .filter(({ at, source, text }) => at >= since && source !== 'tacho' && text.trim() !== '')
    .slice(-LAST_LINES)
  if (said.length === 0) return []
  const ofTools = new Set(
    steps
      .slice(-STEPS)
      .flatMap(({ added }) => added.flatMap(({ parts }) => parts.flatMap(linesOf))),
  )
  return said.filter(({ text }) => !ofTools.has(text.trim()))
}

/** How many requests to search for tool outputs: what was printed last is in one of these. */
const STEPS = 4

type Part = SessionCase['steps'][number]['added'][number]['parts'][number]

function linesOf(part: Part): string[] {
  if (part.type !== 'tool_call_response') return []
  return part.parts.flatMap((one) =>
    one.type === 'text' ? one.text.split('\n').map((line) => line.trim()) : [],
  )
}
