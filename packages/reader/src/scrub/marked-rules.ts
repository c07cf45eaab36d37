import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

const MARKER = /\[secret:(?:([a-z0-9._-]+):)?[0-9a-f]{4}\.*\]|\[s:[0-9a-f]{4}\.*\]/g

/**
 * Returns how many replaced secrets the plain files of a folder contain, by the rule that found
 * them; `short` counts markers without room for the rule.
 */
export function markedRules(folder: string): Record<string, number> {
  const counts = new Map<string, number>()
  for (const name of readdirSync(folder)) {
    for (const text of textsOf(join(folder, name))) {
      for (const [, rule = 'short'] of text.matchAll(MARKER))
        counts.set(rule, (counts.get(rule) ?? 0) + 1)
    }
  }
  return Object.fromEntries([...counts].sort())
}

const BLOCK_BYTES = 1024 * 1024
/** A private key is the longest secret, and its marker has the same length. */
const LONGEST_MARKER = 32 * 1024

/** Yields a file in parts that never split a marker. */
function* textsOf(path: string): Generator<string> {
  const descriptor = openSync(path, 'r')
  const block = Buffer.allocUnsafe(BLOCK_BYTES)
  let held = ''
  try {
    for (;;) {
      const count = readSync(descriptor, block, 0, block.length, null)
      const text = held + block.toString('latin1', 0, count)
      const last = text.lastIndexOf('[')
      const isOpen = last >= 0 && text.length - last < LONGEST_MARKER && !text.includes(']', last)
      const end = isOpen && count > 0 ? last : text.length
      yield text.slice(0, end)
      if (count === 0) return
      held = text.slice(end)
    }
  } finally {
    closeSync(descriptor)
  }
}
