import { parsedJson } from '../json-value.js'
import { isProved } from '../rescue-line.js'

const HEAD = Buffer.from('{"kind":"request-body","exchange":"')
const BEHIND_CONTENT = Buffer.from(',"bytes":')
const START = /^\{"kind":"request-body","exchange":"([0-9a-f]{16})","at":(\d{1,15}),"content":[["]/
const START_BYTES = 120

/**
 * Returns what the line of a request's body says, without the body, if it has the recorder's own
 * form: bodies are most of a short session's log, but lists and look-ups need none of them.
 * Undefined for any other form, or if the checksum does not match.
 */
export function bodyLineOf(line: Buffer): Record<string, unknown> | undefined {
  if (line.compare(HEAD, 0, HEAD.length, 0, Math.min(HEAD.length, line.length)) !== 0)
    return undefined
  const [start, exchange, at] = START.exec(line.toString('latin1', 0, START_BYTES)) ?? []
  // Inside a text these quotation marks would be escaped.
  const behind = line.lastIndexOf(BEHIND_CONTENT)
  if (start === undefined || behind < start.length || !isProved(line)) return undefined
  const rest = parsedJson(`{${line.toString('utf8', behind + 1)}`)
  if (typeof rest !== 'object' || rest === null) return undefined
  return { kind: 'request-body', exchange, at: Number(at), content: '', ...rest }
}
