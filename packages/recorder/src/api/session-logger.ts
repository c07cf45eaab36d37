/** A level of winston's (npm's). */
export type SessionLogLevel = 'error' | 'warn' | 'info' | 'http' | 'verbose' | 'debug' | 'silly'

type LeveledMethod = (message: unknown, ...more: unknown[]) => SessionLogger

/** A logger of winston, as far as it is sure to be one. */
export type SessionLogger = {
  [Level in SessionLogLevel]: LeveledMethod
} & {
  log(level: string, message: unknown, ...more: unknown[]): SessionLogger
  /** A logger that adds these to each of its lines. */
  child(meta: object): SessionLogger
  isLevelEnabled(level: string): boolean
}

/** One that writes nothing. */
export const silentLogger: SessionLogger = {
  error: silent,
  warn: silent,
  info: silent,
  http: silent,
  verbose: silent,
  debug: silent,
  silly: silent,
  log: silent,
  child: silent,
  isLevelEnabled: () => false,
}

function silent(): SessionLogger {
  return silentLogger
}
