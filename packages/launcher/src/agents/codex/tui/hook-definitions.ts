import type { TomlTable } from 'smol-toml'
import { overridesOf, tableAt } from '../config.js'
import { inlineToml } from '../inline-toml.js'

/** What Codex tells a hook of (Codex 0.169), as far as it is of use here; and its name in a key. */
const LABELS = {
  PreToolUse: 'pre_tool_use',
  PermissionRequest: 'permission_request',
  PostToolUse: 'post_tool_use',
  Interrupt: 'interrupt',
  Stop: 'stop',
} as const

export type HookEvent = keyof typeof LABELS

/** A hook of ours, as Codex is told of it for one run. */
export type HookDefinition = {
  event: HookEvent
  /** As Codex has it in its configuration, and in what it trusts. */
  label: (typeof LABELS)[HookEvent]
  /** By which Codex knows it. */
  key: string
  command: string
  /** All of the event's hooks of the command line: the user's, then ours. */
  groups: TomlTable[]
}

/**
 * Hooks that run the command at some events, for one run: behind those that the user's own arguments
 * have for the same event, which stay. Those of his files are another layer, and stay of themselves.
 */
export function hookDefinitions(
  events: readonly HookEvent[],
  command: string,
  args: readonly string[],
): HookDefinition[] {
  const given = tableAt(overridesOf(args), 'hooks')
  return events.flatMap((event) => {
    const own = Object.hasOwn(given, event) ? given[event] : []
    // What is wrong there, Codex says itself.
    if (!Array.isArray(own)) return []
    const label = LABELS[event]
    return {
      event,
      label,
      command,
      key: `/<session-flags>/config.toml:${label}:${own.length}:0`,
      groups: [...(own as TomlTable[]), { hooks: [handlerOf(command)] }],
    }
  })
}

/** Codex's own options for these hooks. */
export function definitionOptions(definitions: readonly HookDefinition[]): string[] {
  return definitions.flatMap(({ event, groups }) => ['-c', `hooks.${event}=${inlineToml(groups)}`])
}

/** The option that makes Codex trust them, and no other, beside what the user's arguments trust. */
export function trustOptions(
  hashes: ReadonlyMap<string, string>,
  args: readonly string[],
): string[] {
  const state = { ...tableAt(tableAt(overridesOf(args), 'hooks'), 'state') }
  for (const [key, hash] of hashes) state[key] = { trusted_hash: hash }
  return ['-c', `hooks.state=${inlineToml(state)}`]
}

/**
 * Codex does not wait for it, shows nothing of it, and ends it after a second: whatever happens to
 * it, nobody notices.
 */
export function handlerOf(command: string) {
  return { type: 'command', command, async: true, timeout: 1 }
}
