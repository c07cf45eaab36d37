import type { Cause } from '../cause.js'
import { commandIn } from '../in-flight.js'
import type { SessionCase } from '../session-case.js'
import { countWords, quoted, shortText } from '../words.js'
import { isSandboxDenial, isToldDenied } from './denials.js'
import { calledWords, exitCodeIn, saidBy, scriptOf, type ToolResult } from './tool-results.js'
import { isWrongCall } from './wrong-calls.js'

/** Work on a program fails once or twice and is mended; what fails so often in a row is not. */
const IN_A_ROW = 3
/** The same call, again as it was. */
const SAME_CALL = 2

/** Tools that failed again and again. */
export function failingTools(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  const threads = new Map<string, ToolResult[]>()
  for (const result of results) {
    const thread = result.threadId ?? ''
    threads.set(thread, [...(threads.get(thread) ?? []), result])
  }
  let worst: ToolResult[] = []
  let isLast = false
  for (const all of threads.values()) {
    let row: ToolResult[] = []
    for (const result of all) {
      row = result.isFailed === true && isOwnFailure(result) ? [...row, result] : []
      if (row.length >= worst.length && isTelling(row, result === all.at(-1))) {
        worst = row
        isLast = result === all.at(-1)
      }
    }
  }
  const [first] = worst
  const last = worst.at(-1)
  if (first === undefined || last === undefined) return []
  const what = quoted(calledWords(last), 80)
  return [
    {
      code: 'tool-failing',
      certainty: 'certain',
      exchange: last.exchange,
      ...(last.tool !== undefined && { tool: last.tool.spanId }),
      clues: worst.slice(-3).map((one) => ({
        at: one.tool === undefined ? one.place : { spanId: one.tool.spanId },
        text: `${shortText(calledWords(one), 60)}: ${endOf(one)}`,
      })),
      sentence: `${countWords(worst.length, 'tool run')} in a row failed${isLast ? ', and none worked after that' : ''}; the last was ${what}: ${shortText(saidBy(last), 120)}`,
      next: `Run it by hand in the same folder; see what the model was told: tacho raw ${session.id} ${last.exchange} --request.`,
      weight: 'trouble',
      ...(isLast && { isLast }),
    },
  ]
}

function isTelling(row: readonly ToolResult[], isEnd: boolean): boolean {
  if (row.length >= IN_A_ROW) return true
  const [first] = row
  return (
    isEnd &&
    row.length >= SAME_CALL &&
    row.every(({ name, arguments: given }) => name === first?.name && given === first.arguments)
  )
}

function isOwnFailure(result: ToolResult): boolean {
  const isKept = isSandboxDenial(result) || isToldDenied(result)
  if (isKept || isWrongCall(result) || result.tool?.outcome === 'declined') return false
  return !isAnswerOfOne(result)
}

/** Programs that say no with exit code 1, which is what they were asked. */
const ASKERS =
  /^(?:[\w/-]*\/)?(?:e|f|rip|z)?grep\b|^(?:[\w/-]*\/)?(?:rg|ag|ack|diff|cmp|comm|test|\[|pgrep|which|type|command -v|git (?:diff|grep|show-ref|rev-parse|merge-base))(?:\s|$)/

// What is quoted for a shell may hold its signs: a piece of it alone tells no lie if nothing was printed.
function isAnswerOfOne(result: ToolResult): boolean {
  const { tool, output, arguments: given } = result
  if ((tool?.exitCode ?? exitCodeIn(output)) !== 1) return false
  const command = scriptOf(tool?.command ?? commandIn(given) ?? '')
  const pieces = command.split(/&&|\|\||[;|\n]/).map((piece) => piece.trim())
  const isAsked = pieces.some((piece) => ASKERS.test(piece))
  return isAsked && (pieces.length === 1 || saidBy(result).trim() === '')
}

function endOf({ tool, output }: ToolResult): string {
  const code = tool?.exitCode
  return code === undefined ? shortText(saidBy({ output }), 80) : `exit code ${code}`
}
