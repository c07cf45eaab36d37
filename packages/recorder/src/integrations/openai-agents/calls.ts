import { memberOf } from '../../api/plain.js'
import { kept, wordsIn } from '../../api/tell.js'
import { whatIsAsked } from '../what-is-asked.js'

/** Arguments are JSON; those of a shell or a patch are an object. */
export function inputOf(call: unknown): string | { omitted: number } | undefined {
  const json = memberOf(call, 'arguments')
  if (typeof json !== 'string') return kept(memberOf(call, 'action') ?? memberOf(call, 'operation'))
  return json.length > 64 * 1024 ? { omitted: json.length } : json
}

/** The model's id of a call that waits. */
export function callIdOf(item: unknown): string {
  const call = memberOf(item, 'rawItem')
  return wordsIn(call, 'callId') ?? wordsIn(call, 'id') ?? ''
}

/** The command, where the tool takes one; else the tool and what it is to be given. */
export function whatOf(item: unknown): string {
  const call = memberOf(item, 'rawItem')
  const name = wordsIn(item, 'name') ?? wordsIn(call, 'name') ?? 'tool'
  return whatIsAsked(name, inputOf(call))
}
