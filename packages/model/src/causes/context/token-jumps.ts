import type { Cause } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { quoted } from '../words.js'
import { toolResults } from '../work/tool-results.js'
import { pairs } from './steps.js'

/** This many tokens at once, and at least as many as there were before. */
const LEAST_TOKENS = 10_000
/**
 * A conversation of fewer tokens than this has room for one large output in any model of today, and
 * a file may be as large as its user wants: nothing was harmed.
 */
const HARMLESS_TOKENS = 40_000
/** If the API reports no tokens they are guessed from bytes, which is less exact. */
const LEAST_GUESSED = 25_000
const BYTES_OF_TOKEN = 4

/** Returns a tool output that made the conversation much larger. */
export function tokenJumps(session: SessionCase): Cause[] {
  const results = toolResults(session)
  return pairs(session)
    .flatMap(({ step, call, before }): Cause[] => {
      const [from, to] = [before.facts.inputTokens, call.facts.inputTokens]
      const isTold = from !== undefined && to !== undefined
      const guessed = (bytes: number): number => Math.round(bytes / BYTES_OF_TOKEN)
      const was = from ?? guessed(before.requestBytes ?? 0)
      const jump = isTold ? to - from : guessed(step.bytes - (before.requestBytes ?? step.bytes))
      if (jump < (isTold ? LEAST_TOKENS : LEAST_GUESSED) || jump < was) return []
      const outputs = results.filter(({ exchange }) => exchange === step.exchange)
      const all = outputs.reduce((sum, { length }) => sum + length, 0)
      const largest = outputs.reduce<(typeof outputs)[number] | undefined>(
        (one, other) => (one === undefined || other.length > one.length ? other : one),
        undefined,
      )
      if (largest === undefined || largest.length * 2 < all) return []
      const what = quoted(largest.tool?.command ?? `${largest.name} ${largest.arguments}`, 80)
      return [
        {
          code: 'token-jump',
          certainty: isTold ? 'certain' : 'likely',
          exchange: call.number,
          ...(largest.tool !== undefined && { tool: largest.tool.spanId }),
          clues: [
            { at: step.place, text: `the output of ${what}: ${largest.length} characters` },
            ...(isTold
              ? [{ at: call.places.lastChunk, text: `${to} input tokens, after ${from}` }]
              : []),
          ],
          sentence: `The output of ${what} made the conversation larger by ${jump} tokens at exchange ${call.number}, from ${was}.`,
          next: `See what fills the context: tacho context ${session.id} ${call.number}. Have the tool give back less: a range, a search, a summary.`,
          weight: was + jump < HARMLESS_TOKENS ? 'note' : 'trouble',
        },
      ]
    })
    .slice(0, 3)
}
