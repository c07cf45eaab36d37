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

/** Yields the parts of a file that can contain markers; none of them is split. */
function* textsOf(path: string): Generator<string> {
  const descriptor = openSync(path, 'r')
  const room = Buffer.allocUnsafe(LONGEST_MARKER + BLOCK_BYTES)
  let held = 0
  try {
    for (;;) {
      const count = readSync(descriptor, room, held, BLOCK_BYTES, null)
      const bytes = room.subarray(0, held + count)
      const last = bytes.lastIndexOf('[')
      const isOpen = last >= 0 && bytes.length - last < LONGEST_MARKER && !bytes.includes(']', last)
      const end = isOpen && count > 0 ? last : bytes.length
      const part = bytes.subarray(0, end)
      if (part.includes('[s')) yield part.toString('latin1')
      if (count === 0) return
      held = bytes.copy(room, 0, end)
    }
  } finally {
    closeSync(descriptor)
  }
}
