import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'

/**
 * Descriptors that must be free for a run to be recorded: some 30 for files, taps and threads, and
 * two for each request in flight. With fewer, what the agent asks for would fail in our hands.
 */
export const NEEDED_DESCRIPTORS = 64

/** Whether this many files could be opened now. */
export function areDescriptorsFree(count: number = NEEDED_DESCRIPTORS): boolean {
  const opened: number[] = []
  try {
    while (opened.length < count) opened.push(openSync(devNull, 'r'))
    return true
  } catch {
    return false
  } finally {
    for (const descriptor of opened) closeSync(descriptor)
  }
}
