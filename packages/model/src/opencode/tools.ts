import { text } from '../codex/values.js'
import type { ToolFacts } from '../session/tools.js'

/** Returns what the input of a call says about its tool (opencode 1.18). */
export function callFacts(input: Record<string, unknown>): ToolFacts {
  return {
    command: text(input.command),
    path: text(input.filePath) ?? text(input.path),
    query: text(input.query) ?? text(input.pattern),
    cwd: text(input.workdir),
  }
}

/** Returns how a tool that did not complete ended, from opencode's words (1.18). */
export function errorOutcome(words = ''): 'declined' | 'cancelled' | 'failed' {
  if (/^The user (rejected|has specified a rule)/.test(words)) return 'declined'
  return /^Tool execution (was )?(aborted|interrupted)/.test(words) ? 'cancelled' : 'failed'
}
