import type { Message } from '../../conversation/index.js'
import { asObject, objectOf } from '../../model-api/json.js'
import type { Tool } from '../../parts/tool.js'
import { both } from '../both.js'
import { commandIn } from '../in-flight.js'
import { isFailureLine, outputFails, WELL_MEANT } from './output-fails.js'
import { isJson, isReader, quotesOthers } from './readers.js'

/** A call and what it returned. */
export type Told = {
  id: string | undefined
  name: string
  arguments: string
  text: string
  tool: Tool | undefined
  /** What the JSON around it says. */
  isError: boolean | undefined
}

/** A tool that says how it went does so at the start. */
const LOOKED_AT = 4_000
const FIRST_LINE = 300

/**
 * Returns whether a call failed; undefined if unknown. The agent's own word counts first, then the
 * API's mark, then the exit code in the output, then its words.
 */
export function wentWrong(message: Message, told: Told): boolean | undefined {
  const { id, text, tool, isError } = told
  if (tool?.outcome === 'failed') return true
  const mark = errorMark(message, id) ?? isError
  if (mark !== undefined) return mark
  const exitCode = exitCodeIn(text) ?? tool?.exitCode
  if (exitCode !== undefined) return exitCode !== 0
  if (tool?.outcome === 'completed') return false
  const [first = ''] = text.split('\n', 1)
  const command = commandIn(told.arguments)
  // JSON is judged by its members.
  if (isJson(text)) return undefined
  const said = text.slice(0, LOOKED_AT)
  if (!isReader(told)) {
    const isWrong =
      DID_NOT_WORK.test(said) || FAILS.test(said) || BREAKS.test(text.slice(-LOOKED_AT))
    if (isWrong || isLikeAnError(first)) return true
    if (EDITORS.test(told.name)) return NOT_CHANGED.test(first.slice(0, FIRST_LINE)) || undefined
    if (command === undefined) return undefined
    // A program that quotes others reports its own failure in its first line.
    return (quotesOthers(command) ? isFailureLine(first) : outputFails(text)) || undefined
  }
  // A file that contains errors may begin like one, but continues.
  if (/\n/.test(text.trim())) return undefined
  const isWrong = isLikeAnError(first) || (command !== undefined && isFailureLine(first))
  return isWrong || undefined
}

// How tools without another way say it, in the languages that systems use. A file that is read can
// begin like this, too, so no rule takes a single such result for a failure.
const LIKE_AN_ERROR = new RegExp(
  [
    String.raw`^(?:<(?:tool_use_)?error>|MCP error -\d+: |npm (?:ERR!|error) |E[A-Z]{4,}: |❌|✗|✘|HTTP(?:/\S+)? [45]\d\d\b)`,
    String.raw`^[[(*]{0,2}(?:(?:The )?(?:tool|command|execution|exec)(?: execution| call| \d+)? )?(?:failed|error|fatal|exception|traceback)\b[\] :!(*]`,
    '^(?:Fehler|Erreur|Errore|Ошибка) ?:|^(?:错误|錯誤|エラー|오류) ?[:：]',
    String.raw`^.{0,120}(?:\b(?:error|fatal)(?:\[\w+\]| \w*\d+)?: |\b[A-Z]\w*(?:Error|Exception): |: (?:command not found|not found|No such file or directory|Permission denied)\b|\bError \d+$|\(\w+Error\)$)`,
  ].join('|'),
  'i',
)

function isLikeAnError(first: string): boolean {
  const line = first.slice(0, FIRST_LINE)
  return LIKE_AN_ERROR.test(line) && !WELL_MEANT.test(line)
}

// An edit that finds nothing to change, a tool that cannot be reached. For a search, finding
// nothing is an answer.
const DID_NOT_WORK = new RegExp(
  [
    String.raw`^.{0,80}\b(?:failed to|could not|couldn't|cannot|can't|unable to|did not|does not|doesn't) (?:find|match|apply|locate|edit|patch|connect|reach|be applied)\b`,
    String.raw`^(?:The )?(?:request|fetch|sub-?agent|agent|task) failed\b`,
    String.raw`^[^{[].{0,200}[a-z] failed[.!]?\s*$`,
  ].join('|'),
  'i',
)

/** Edits name what they searched for, or what they were to do, and say that it was not there. */
const EDITORS = /edit|patch|replace|write|insert|apply|update/i
const NOT_CHANGED = both(
  String.raw`\b(?:no|not|nothing|none|0|zero|without)\b|n't\b`,
  String.raw`\b(?:replac|match|found|locat|appl|appear|occur|chang|edit|modif|exist)\w*`,
)

// Failing tests and builds, as the summaries of test runners and build tools word them.
const FAILS = new RegExp(
  [
    String.raw`^\s{0,20}(?:--- FAIL: |FAIL(?:ED)?\b|BUILD FAIL(?:ED|URE)\b|.{0,8}\bBUILD FAILURE\b|test result: FAILED|FAILURES!|[#ℹ] fail [1-9]|error: could not compile)`,
    String.raw`^\W{0,20}(?:Tests?(?: Files| Suites)?:?\s.{0,20})?[1-9]\d*(?: (?:out )?of \d+)?(?: tests?| specs?)? (?:failed|failing)\b`,
    String.raw`^.{0,20}\b\d+ (?:tests?|examples?|specs?|runs?|assertions?)\b.{0,40}\b[1-9]\d* (?:failures?|errors?|failed)\b`,
    String.raw`^.{0,20}\bFailed: {1,9}[1-9]|^✖ \d+ problems? \([1-9]`,
    String.raw`^.{0,20}\bTests run: \d+.{0,20}, (?:Failures: [1-9]|.{0,20}\bErrors: [1-9])`,
  ].join('|'),
  'm',
)

// What a crashed program prints: Python, Node.js, Rust and Go.
const BREAKS =
  /^Traceback \(most recent call last\):$|^\s+throw err;$|\nNode\.js v\d+\.\d+\.\d+\s*$|^thread '.*' panicked at |^panic: .*\n[\s\S]{0,400}^goroutine \d+ /m

// Messages: `is_error` of a `tool_result`. MCP's `isError` is the same mark.
function errorMark({ value }: Message, id: string | undefined): boolean | undefined {
  const content = asObject(value)?.content
  const blocks = Array.isArray(content) ? content : [value]
  for (const block of blocks) {
    const one = asObject(block)
    if (one?.tool_use_id !== undefined && one.tool_use_id !== id) continue
    if (typeof one?.is_error === 'boolean') return one.is_error
  }
  return undefined
}

// How Codex, Claude Code, Gemini CLI and others give the exit code, in the first lines or in the
// last one.
const EXIT_CODE =
  /^(?:[<([]?(?:exit code:?|exit status|return ?code>?:?)|[<([]?(?:the )?(?:command|process)\b.{0,40}\bexit(?:ed)?(?: with)?(?: exit)? (?:code|status):?|Command failed with code:?)\s*(-?\d+)/im
const EXIT_CODE_LAST =
  /(?:^|\n|\bcommand |\bprocess |\bfailed with )[<([]?(?:exit(?:ed with)? (?:code|status):?|returned (?:a )?non-zero exit (?:code|status):?)\s*(-?\d+)[.)\]]?\s*$/i

/** Returns the exit code that an output states. */
export function exitCodeIn(text: string): number | undefined {
  const code = EXIT_CODE.exec(text.slice(0, 600))?.[1] ?? EXIT_CODE_LAST.exec(text.slice(-100))?.[1]
  if (code !== undefined) return Number(code)
  const metadata = asObject(objectOf(text.slice(0, LOOKED_AT))?.metadata)
  return typeof metadata?.exit_code === 'number' ? metadata.exit_code : undefined
}
