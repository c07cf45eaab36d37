import childProcess from 'node:child_process'
import fs from 'node:fs'

/**
 * Node's functions as they were before the program began. A program's tests replace them with
 * stopped clocks, timers that they count and fire themselves, and mock files: the recording keeps
 * working, and stays invisible to them.
 */
export const unpatched = {
  /** This process's monotonic clock, in milliseconds. */
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
