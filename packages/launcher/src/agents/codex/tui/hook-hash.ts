import { createHash } from 'node:crypto'
import { type HookDefinition, handlerOf } from './hook-definitions.js'

/**
 * Returns the hash by which Codex 0.169 knows a trusted hook: of the event and the definition, as
 * JSON without spaces and with sorted keys.
 */
export function hookHash({ label, command }: HookDefinition): string {
  const { async, timeout, type } = handlerOf(command)
  const identity = { event_name: label, hooks: [{ async, command, timeout, type }] }
  return `sha256:${createHash('sha256').update(JSON.stringify(identity)).digest('hex')}`
}
