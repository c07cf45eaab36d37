import childProcess from 'node:child_process'
import fs from 'node:fs'

/**
 * What Node gave us, before the program began. Tests of programs replace it by clocks that stand still,
 * timers that they count and fire themselves, and files that are not there: what records works on, and
 * is not among what they see.
 */
export const unpatched = {
  /** The monotonic clock of this process, in milliseconds. */
  now: performance.now.bind(performance),
  /** The wall clock, in milliseconds. */
  wallNow: Date.now,
  hrtime: process.hrtime,
  setTimeout,
  clearTimeout,
  setImmediate,
  queueMicrotask,
  stringify: JSON.stringify,
  parse: JSON.parse,
  URL,
  canParse: URL.canParse,
  writeSync: fs.writeSync,
  writevSync: fs.writevSync,
  readSync: fs.readSync,
  spawn: childProcess.spawn,
} as const
