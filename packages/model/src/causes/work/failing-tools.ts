import type { Cause } from '../cause.js'
import { commandIn } from '../in-flight.js'
import type { SessionCase } from '../session-case.js'
import { countWords, quoted, shortText } from '../words.js'
import { isSandboxDenial, isToldDenied } from './denials.js'
import { scriptOf } from './readers.js'
import { calledWords, saidBy, type ToolResult } from './tool-results.js'
import { exitCodeIn } from './went-wrong.js'
import { isWrongCall } from './wrong-calls.js'

/**
 * During normal work a program fails once or twice and is fixed; this many failures in a row are
 * not normal.
 */
const IN_A_ROW = 3
/** The same call, repeated unchanged. */
const SAME_CALL = 2
/** Tests that are run after each change and never pass must fail this often to be reported. */
const SAME_AMID_OTHERS = 3

/** Returns tools that failed again and again. */
export function failingTools(
  session: SessionCase,
  results: readonly ToolResult[],
  isLoop: boolean,
): Cause[] {
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
    if (worst.length > 0 || isLoop) continue
    const never = neverWorked(all)
    if (never.length > 0) {
      worst = never
      isLast = true
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
      sentence: sentence(worst, isLast, what),
      next: `Run it by hand in the same folder; see what the model was told: tacho raw ${session.id} ${last.exchange} --request.`,
      weight: 'trouble',
      ...(isLast && { isLast }),
    },
  ]
}

function sentence(failed: readonly ToolResult[], isLast: boolean, what: string): string {
  const last = failed.at(-1)
  const said = last === undefined ? '' : shortText(saidBy(last), 120)
  if (failed.length === 1) return `${what}, which was tried last, could not be run: ${said}`
  const then = isLast ? ', and none worked after that' : ''
  return `${countWords(failed.length, 'tool run')} in a row failed${then}; the last was ${what}: ${said}`
}

/**
 * Returns a thread's last attempts of one call, if each failed whatever was changed in between, or
 * it could not be run.
 */
function neverWorked(all: readonly ToolResult[]): ToolResult[] {
  // A server that is gone takes its tools with it: calls after that are of tools that do not exist.
  const last = all.findLast((result) => !isWrongCall(result))
  if (last === undefined || last.isFailed !== true || !isOwnFailure(last)) return []
  const same = all.filter(
    ({ name, arguments: given }) => name === last.name && given === last.arguments,
  )
  const failed = same.slice(same.findLastIndex(({ isFailed }) => isFailed !== true) + 1)
  if (failed.length >= SAME_AMID_OTHERS) return failed
  return isNotThere(last) || SERVER_GONE.test(last.output) ? [last] : []
}

/** How shells, interpreters, loaders and MCP clients say that something required is missing. */
const NOT_THERE =
  /^\S+: (?:.{1,80}: )?command not found(?:$|: \S+$)|\b(?:is not recognized as|no such command|executable file not found|ModuleNotFoundError|No module named|Cannot find (?:module|package)|error while loading shared libraries|executable doesn't exist|cannot load such file|unable to access jarfile|is not installed|cannot connect to the docker daemon|spawn \S+ ENOENT)\b/i

/** What MCP clients say if their server has died. */
const SERVER_GONE =
  /^(?:Error: |failed: )?(?:MCP error -32000\b|Not connected\b|(?:MCP )?(?:server|connection|transport)\b.{0,60}\b(?:closed|disconnected|not connected|exited|crashed|died)\b)/i

const ERROR = /^\w*Error: /

function isNotThere({ tool, output }: ToolResult): boolean {
  const exitCode = tool?.exitCode ?? exitCodeIn(output)
  // From a shell: no such program, or not executable (POSIX, 2.8.2).
  const lines = saidBy({ output }).trim().split('\n')
  // In a trace, the message is in the first or the last line, or in one that starts with an error
  // name.
  const telling = lines.filter(
    (line, at) => at === 0 || at === lines.length - 1 || ERROR.test(line),
  )
  return exitCode === 127 || exitCode === 126 || telling.some((line) => NOT_THERE.test(line))
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

/** Programs that answer no with exit code 1. */
const ASKERS =
  /^(?:[\w/-]*\/)?(?:e|f|rip|z)?grep\b|^(?:[\w/-]*\/)?(?:rg|ag|ack|diff|cmp|comm|test|\[|pgrep|which|type|command -v|git (?:diff|grep|show-ref|rev-parse|merge-base))(?:\s|$)/

// Shell operators may be quoted, so a piece of the command is only trusted if nothing was printed.
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
