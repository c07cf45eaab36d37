import { format } from 'node:util'
import winston from 'winston'
import Transport from 'winston-transport'
import { jsonOf, type Plain, plainOf, textOf } from '../api/plain.js'
import type { SessionLogger, SessionLogLevel } from '../api/session-logger.js'
import type { LogLevel } from './log-level.js'

/** Ours for each of winston's (npm's). */
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
 * A logger of winston for the host's own lines. What a host gives it is read before winston does,
 * which would pass on what a getter throws.
 *
 * @param write takes a line. Throws nothing.
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

/** What is given to a method is plain before winston sees it; nothing comes out but the logger. */
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

/** winston prints a line on the host's standard error where it does not know a level. */
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

/** The message with what it has places for, and behind it what else belongs to the line, as JSON. */
function withText(line: Line): Line {
  const { level: _, message, [SPLAT]: splat, ...meta } = line as Line & { [SPLAT]?: unknown[] }
  const said = textOf(message)
  const given = splat ?? []
  const places = said.match(PLACES)?.filter((place) => place !== '%%').length ?? 0
  const text = places === 0 ? said : format(said, ...given.slice(0, places))
  // Where there are no places, winston has put the members of the first object among the line's own.
  const more = given.slice(places).filter((one, index) => places > 0 || index > 0 || !isObject(one))
  const members = Object.keys(meta).length === 0 ? [] : [jsonOf(meta)]
  return Object.assign(line, { text: [text, ...more.map(textOf), ...members].join(' ') })
}

/** As `util.format` has them. */
const PLACES = /%[scdjifoO%]/g

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
