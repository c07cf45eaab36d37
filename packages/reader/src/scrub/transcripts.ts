import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { NewFile } from '../salvage/new-file.js'
import { afterwardsScrubber } from './afterwards-scrubber.js'
import { rewriteRecords } from './rewrite-log.js'
import { scrubValue } from './scrub-value.js'

const TRANSCRIPT = /^rollout-.*\.jsonl$/

/**
 * Returns the agent's own transcripts in a session's folder. They are as the agent wrote them:
 * nothing in them is scrubbed, and the agent decides who may read them.
 */
export function transcriptsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => TRANSCRIPT.test(name))
  } catch {
    return []
  }
}

/** Copies a transcript to another folder, scrubbed: the copy is ours. */
export function copyTranscript(folder: string, name: string, target: string): void {
  const scrubber = afterwardsScrubber([])
  const file = new NewFile(join(target, name))
  try {
    rewriteRecords(folder, name, file, {
      scrubber,
      scrubLine: ({ value }) => scrubValue(value, (text) => scrubber.text(text)),
      staysIfClean: () => true,
      onBytes: () => undefined,
    })
  } finally {
    file.close()
  }
}
