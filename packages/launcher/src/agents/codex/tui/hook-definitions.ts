import type { TomlTable } from 'smol-toml'
import { overridesOf, tableAt } from '../config.js'
import { inlineToml } from '../inline-toml.js'

/** The hook events of Codex (0.169) that are useful here, each with its name in a key. */
const LABELS = {
  PreToolUse: 'pre_tool_use',
  PermissionRequest: 'permission_request',
  PostToolUse: 'post_tool_use',
  Interrupt: 'interrupt',
  Stop: 'stop',
} as const

export type HookEvent = keyof typeof LABELS

/** One of Tacho's hooks, as passed to Codex for one run. */
export type HookDefinition = {
  event: HookEvent
  /** The event's name in Codex's configuration and in what it trusts. */
  label: (typeof LABELS)[HookEvent]
  /** Codex's key for the hook. */
  key: string
  command: string
  /** All hooks for the event on the command line: the user's, then Tacho's. */
  groups: TomlTable[]
}

/**
 * Defines hooks that run the command at some events, for one run. They come after those in the
 * user's own arguments for the same event, which stay. Hooks in the user's files are a separate
 * layer, and stay anyway.
 */
export function hookDefinitions(
  events: readonly HookEvent[],
  command: string,
  args: readonly string[],
): HookDefinition[] {
  const given = tableAt(overridesOf(args), 'hooks')
  return events.flatMap((event) => {
    const own = Object.hasOwn(given, event) ? given[event] : []
    // Codex itself reports an error here.
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

/** Returns the Codex options that define these hooks. */
export function definitionOptions(definitions: readonly HookDefinition[]): string[] {
  return definitions.flatMap(({ event, groups }) => ['-c', `hooks.${event}=${inlineToml(groups)}`])
}

/**
 * Returns the option that makes Codex trust these hooks, and no others, in addition to what the
 * user's arguments trust.
 */
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
 * it stays invisible.
 */
export function handlerOf(command: string) {
  return { type: 'command', command, async: true, timeout: 1 }
}
