import { dirname } from 'node:path'
import { makeFolders } from '../make-folders.js'
import { scrubberFor } from '../scrubber-for.js'
import type { LogLevel } from './log-level.js'
import { OutputLines } from './output-lines.js'
import { openLogFile, openSessionLog } from './session-log.js'

/** A debug log without a session. */
export type DebugLog = {
  log(level: LogLevel, label: string, message: string): void
  /** Returns a logger for a program's output, which logs it line by line. */
  output(label: string): OutputLines
  close(): void
}

/**
 * Opens a debug log at an absolute path; if it cannot be written, reports that and does not throw.
 */
export function openDebugLog(options: {
  path: string
  level: LogLevel
  environment: Readonly<Record<string, string | undefined>>
  onTrouble: (sentence: string) => void
}): DebugLog {
  const { path, level, environment, onTrouble } = options
  try {
    makeFolders(dirname(path), 0o700)
  } catch {
    // Opening the file fails next, which is reported.
  }
  const file = openLogFile(path, (reason) =>
    onTrouble(`${path} could not be written (${reason}). The run goes on.`),
  )
  const scrubber = scrubberFor(environment)
  const log = openSessionLog(level, (text) => scrubber.text(text))
  log.useFile(file)
  return {
    log: (lineLevel, label, message) => log.write(lineLevel, label, message),
    output: (label) => new OutputLines(scrubber, (line) => log.write('info', label, line)),
    close: () => file.close(),
  }
}
