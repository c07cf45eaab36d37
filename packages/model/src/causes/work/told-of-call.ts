// Agents, SDKs and MCP servers put an error prefix of their own before what went wrong.
const BEFORE = String.raw`^(?:<tool_use_error>)?\s{0,20}(?:(?:an )?error (?:occurred )?(?:while |when )?(?:executing|calling|running|invoking|parsing)\b[^:.\n]{0,60}[:.]\s{0,20}|\[?error\]?[: ]\s{0,20}|MCP error -?\d+:\s{0,20}|please try again\b[^:.\n]{0,40}[:.]\s{0,20})*`

/**
 * Matches what a model is told about its call, at the start of a result; what comes later may be
 * about anything.
 */
export function toldOfCall(...words: string[]): RegExp {
  return new RegExp(`${BEFORE}(?:${words.join('|')})`, 'i')
}

const PREFACE = new RegExp(BEFORE, 'i')

/** Returns what a model is told about its call, without what agents put before it. */
export function withoutPreface(text: string): string {
  return text.replace(PREFACE, '')
}
