import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'

/**
 * How many descriptors must be free to record a run: some 30 for files, taps and threads, and two
 * for each request in flight. With fewer, the agent's requests would fail because of Tacho.
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
