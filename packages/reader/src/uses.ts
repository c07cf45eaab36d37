import { spanKindOf } from '@tacho/format'
import type { Usage } from '@tacho/model'
import type { ReportDamage } from './damage.js'
import { readSpans } from './read-spans.js'
import { usageOf } from './usage.js'

/** Returns the tokens of each exchange as reported by its API, by exchange id. */
export function usesOf(folder: string, report: ReportDamage): Map<string, Usage> {
  const uses = new Map<string, Usage>()
  for (const [id, span] of readSpans(folder, report)) {
    const usage = spanKindOf(span) === 'chat' ? usageOf(span) : undefined
    if (usage !== undefined) uses.set(id, usage)
  }
  return uses
}
