/** A winston level (npm's levels). */
export type SessionLogLevel = 'error' | 'warn' | 'info' | 'http' | 'verbose' | 'debug' | 'silly'

type LeveledMethod = (message: unknown, ...more: unknown[]) => SessionLogger

/** The part of winston's logger that is guaranteed. */
export type SessionLogger = {
  [Level in SessionLogLevel]: LeveledMethod
} & {
  log(level: string, message: unknown, ...more: unknown[]): SessionLogger
  /** Returns a logger that adds this metadata to each of its lines. */
  child(meta: object): SessionLogger
  isLevelEnabled(level: string): boolean
}

/** A logger that writes nothing. */
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
