import { encodeScrubbed, type Scrubbed, type ScrubbedBytes } from '@tacho/scrub'
import winston from 'winston'
import { AppendFile, type Loss } from '../append-file.js'
import { isoTime, systemClock } from '../clock.js'
import { type Disk, realDisk } from '../disk.js'
import { AppendFileTransport } from './append-file-transport.js'
import type { LogLevel } from './log-level.js'

/** A run's debug log: lines from Tacho and from the agent, told apart by their label. */
export type SessionLog = {
  /**
   * @param label who logs it: `tacho`, or the agent's name.
   * @param file the log to write to; default: the one set last.
   */
  write(level: LogLevel, label: string, message: string, file?: AppendFile): void
  /** Sets the file for lines that belong to no session in particular. */
  useFile(file: AppendFile): void
}

/**
 * Opens the file of a debug log.
 *
 * @param disk a different disk for a file in a session folder.
 */
export function openLogFile(
  path: string,
  onLoss: (reason: string) => void,
  disk: Disk = realDisk,
): AppendFile {
  const now = systemClock.microseconds
  return new AppendFile({ disk, path, now, gapLine: lossLine, onLoss })
}

/**
 * @param level the lowest level that is written.
 * @param scrub replaces secrets in a line.
 * @param now returns the time of a line, in microseconds since the epoch.
 */
export function openSessionLog(
  level: LogLevel,
  scrub: (text: string) => Scrubbed,
  now = systemClock.microseconds,
): SessionLog {
  let current: AppendFile | undefined
  const transport = new AppendFileTransport({ level })
  const logger = winston.createLogger({
    level,
    format: winston.format.printf((line) =>
      formatLine(now(), line.level, String(line.label), line.message as Scrubbed),
    ),
    transports: [transport],
  })
  // An `error` event without a listener would end the host.
  logger.on('error', () => {})
  transport.on('error', () => {})
  return {
    write(lineLevel, label, message, file = current) {
      logger.log({ level: lineLevel, label, message: scrub(message), file })
    },
    useFile(file) {
      current = file
    },
  }
}

function formatLine(at: number, level: string, label: string, message: Scrubbed): Scrubbed {
  const head = `${isoTime(at)} ${level.toUpperCase().padEnd(5)} ${label}`
  // Continuation lines are indented, so that none can pass for the head of another entry.
  return `${head}: ${message.trimEnd().replaceAll(/\r?\n/g, '\n    ')}` as Scrubbed
}

function lossLine(loss: Loss): ScrubbedBytes {
  const lines = Object.values(loss.lost).reduce((sum, count) => sum + count, 0)
  const text = `${lines} lines (${loss.bytes} bytes) lost since ${isoTime(loss.since)}: ${loss.reason}`
  // Only Tacho's own counts and codes.
  const line = formatLine(systemClock.microseconds(), 'warn', 'tacho', text as Scrubbed)
  return encodeScrubbed(`${line}\n` as Scrubbed)
}
