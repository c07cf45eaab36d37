import { memberOf } from '../../api/plain.js'
import { kept, wordsIn } from '../../api/tell.js'
import { whatIsAsked } from '../what-is-asked.js'

/** Returns a call's input: arguments are JSON; those of a shell or a patch are an object. */
export function inputOf(call: unknown): string | { omitted: number } | undefined {
  const json = memberOf(call, 'arguments')
  if (typeof json !== 'string') return kept(memberOf(call, 'action') ?? memberOf(call, 'operation'))
  return json.length > 64 * 1024 ? { omitted: json.length } : json
}

/** Returns the model's id of a waiting call. */
export function callIdOf(item: unknown): string {
  const call = memberOf(item, 'rawItem')
  return wordsIn(call, 'callId') ?? wordsIn(call, 'id') ?? ''
}

/** Returns the command if the tool takes one; otherwise the tool's name and input. */
export function whatOf(item: unknown): string {
  const call = memberOf(item, 'rawItem')
  const name = wordsIn(item, 'name') ?? wordsIn(call, 'name') ?? 'tool'
  return whatIsAsked(name, inputOf(call))
}
