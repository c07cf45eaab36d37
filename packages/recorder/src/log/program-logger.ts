import { format } from 'node:util'
import winston from 'winston'
import Transport from 'winston-transport'
import { jsonOf, type Plain, plainOf, textOf } from '../api/plain.js'
import type { SessionLogger, SessionLogLevel } from '../api/session-logger.js'
import type { LogLevel } from './log-level.js'

/** Tacho's level for each of winston's (npm's). */
const LEVELS: Record<SessionLogLevel, LogLevel> = {
  error: 'error',
  warn: 'warn',
  info: 'info',
  http: 'debug',
  verbose: 'debug',
  debug: 'debug',
  silly: 'debug',
}

type Line = winston.Logform.TransformableInfo & { text?: string }

/**
 * Opens a winston logger for the host's own lines. It reads the host's arguments before winston
 * does, because winston would pass on an exception from a getter.
 *
 * @param write writes a line. Must not throw.
 */
export function openProgramLogger(
  write: (level: LogLevel, message: string) => void,
): SessionLogger {
  const transport = new ProgramTransport(write)
  const logger = winston.createLogger({
    level: 'silly',
    format: winston.format(withText)(),
    transports: [transport],
  })
  // An `error` event without a listener would end the host.
  logger.on('error', () => {})
  transport.on('error', () => {})
  for (const name of [...Object.keys(LEVELS), 'log', 'child']) guard(logger, name)
  return logger as unknown as SessionLogger
}

class ProgramTransport extends Transport {
  readonly #write: (level: LogLevel, message: string) => void

  constructor(write: (level: LogLevel, message: string) => void) {
    super()
    this.#write = write
  }

  override log(line: Line, next: () => void): void {
    const level = LEVELS[line.level as SessionLogLevel] ?? 'info'
    this.#write(level, line.text ?? '')
    next()
  }
}

type Method = (this: unknown, ...given: unknown[]) => unknown

/**
 * Converts a method's arguments to plain values before winston sees them; every call returns the
 * logger.
 */
function guard(logger: object, name: string): void {
  const methods = logger as Record<string, Method>
  const method = methods[name] as Method
  methods[name] = function (this: unknown, ...given) {
    try {
      const plain = given.map(plainOf)
      return method.apply(this, name === 'log' ? withLevel(plain) : plain) ?? this
    } catch {
      return this
    }
  }
}

/** For an unknown level, winston prints to the host's standard error. */
function withLevel([first, ...more]: Plain[]): Plain[] {
  if (first !== undefined && isLevel(first)) return [first, ...more]
  const isEntry = typeof first === 'object' && first !== null && !Array.isArray(first)
  if (!isEntry) return ['info', ...(more.length > 0 ? more : [first ?? null])]
  return [isLevel(first.level) ? first : { ...first, level: 'info' }]
}

function isLevel(level: Plain | undefined): boolean {
  return typeof level === 'string' && Object.hasOwn(LEVELS, level)
}

const SPLAT = Symbol.for('splat')

/**
 * Formats the message with its placeholders filled in, then appends the rest of the line as JSON.
 */
function withText(line: Line): Line {
  const { level: _, message, [SPLAT]: splat, ...meta } = line as Line & { [SPLAT]?: unknown[] }
  const said = textOf(message)
  const given = splat ?? []
  const places = said.match(PLACES)?.filter((place) => place !== '%%').length ?? 0
  const text = places === 0 ? said : format(said, ...given.slice(0, places))
  // Without placeholders, winston has merged the first object into the line's own members.
  const more = given.slice(places).filter((one, index) => places > 0 || index > 0 || !isObject(one))
  const members = Object.keys(meta).length === 0 ? [] : [jsonOf(meta)]
  return Object.assign(line, { text: [text, ...more.map(textOf), ...members].join(' ') })
}

/** The placeholders of `util.format`. */
const PLACES = /%[scdjifoO%]/g

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
