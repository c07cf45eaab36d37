import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const MARKER = /\[secret:(?:([a-z0-9._-]+):)?[0-9a-f]{4}\.*\]|\[s:[0-9a-f]{4}\.*\]/g

/**
 * How many secrets stand replaced in the plain files of a folder, by the rule that found them; `short`
 * are those whose marker had no room for its rule.
 */
export function markedRules(folder: string): Record<string, number> {
  const counts = new Map<string, number>()
  for (const name of readdirSync(folder)) {
    for (const [, rule = 'short'] of readFileSync(join(folder, name), 'latin1').matchAll(MARKER)) {
      counts.set(rule, (counts.get(rule) ?? 0) + 1)
    }
  }
  return Object.fromEntries([...counts].sort())
}
