import { definitionOptions, type HookDefinition } from './hook-definitions.js'
import { hookHash } from './hook-hash.js'
import type { Program } from './known-programs.js'
import { listHooks } from './list-hooks.js'

/** Why Codex would not run Tacho's hooks. */
export type NoHooks = { reason: string }

/** What makes Codex trust some hooks: a hash for each key. */
export type Trust = {
  hashes: Map<string, string>
  /** Whether this Codex computes the hashes as Tacho does, so it need not be asked again. */
  isAsOurs: boolean
}

/** Returns the hashes as Tacho computes them. */
export function ownTrust(definitions: readonly HookDefinition[]): Trust {
  const hashes = new Map(definitions.map((one) => [one.key, hookHash(one)]))
  return { hashes, isAsOurs: true }
}

/**
 * Returns the hashes as this Codex computes them. With a wrong one it would start with a question,
 * so each Codex is asked once.
 */
export async function askedTrust(
  definitions: readonly HookDefinition[],
  codex: Program,
): Promise<Trust | NoHooks> {
  const listed = await listHooks(codex, definitionOptions(definitions))
  if (listed === undefined) return { reason: 'this Codex does not report its hooks' }
  const hashes = new Map<string, string>()
  for (const { key } of definitions) {
    const hash = listed.get(key)
    if (hash === undefined) return { reason: 'this Codex, or its administrator, allows no hooks' }
    hashes.set(key, hash)
  }
  const ours = ownTrust(definitions).hashes
  const isAsOurs = definitions.every(({ key }) => hashes.get(key) === ours.get(key))
  return { hashes, isAsOurs }
}
