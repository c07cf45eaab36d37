import { createHash } from 'node:crypto'
import { type HookDefinition, handlerOf } from './hook-definitions.js'

/**
 * The hash by which Codex 0.169 knows a hook that is trusted: of the event and the definition, as
 * JSON without spaces, its keys in order.
 */
export function hookHash({ label, command }: HookDefinition): string {
  const { async, timeout, type } = handlerOf(command)
  const identity = { event_name: label, hooks: [{ async, command, timeout, type }] }
  return `sha256:${createHash('sha256').update(JSON.stringify(identity)).digest('hex')}`
}
