import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  createScrubber,
  isSecretName,
  readOwnRules,
  type Scrubber,
  type Shape,
  WrongRule,
} from '@tacho/scrub'
import { fingerprintOf } from './fingerprint.js'
import { learnArguments } from './learn-arguments.js'

/**
 * Creates a scrubber, with a key of its own, that knows the secrets in the host's environment and
 * arguments.
 */
export function scrubberFor(
  environment: Readonly<Record<string, string | undefined>>,
  argv: readonly string[] = [],
  onTrouble: (sentence: string) => void = () => {},
): Scrubber {
  const key = randomBytes(32)
  const scrubber = createScrubber({
    shapes: ownRules(environment.TACHO_SCRUB_RULES, onTrouble),
    fingerprint: (secret) => fingerprintOf(secret, key),
  })
  learnEnvironment(scrubber, environment)
  // A URL may contain a password; scrubbing it teaches the scrubber.
  for (const name of OTLP_ENDPOINTS) scrubber.url(environment[name] ?? '')
  for (const name of OTLP_HEADERS) learnOtlpHeaders(scrubber, environment[name] ?? '')
  learnArguments(scrubber, argv)
  return scrubber
}

/** Teaches a scrubber the values of variables whose names mark them as secret. */
export function learnEnvironment(
  scrubber: Scrubber,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && isSecretName(name)) scrubber.learn(value, 'environment')
  }
}

/** An unusable file costs only its rules, and is reported; the recording goes on. */
function ownRules(path: string | undefined, onTrouble: (sentence: string) => void): Shape[] {
  if (path === undefined || path === '') return []
  try {
    return readOwnRules(readFileSync(path, 'utf8'))
  } catch (error) {
    const place = error instanceof WrongRule ? `${path}, line ${error.line}` : path
    onTrouble(
      `TACHO_SCRUB_RULES: ${place}: ${(error as Error).message} None of its rules is in force: mend the line and start again.`,
    )
    return []
  }
}

const OTLP_ENDPOINTS = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
]

const OTLP_HEADERS = [
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
  'OTEL_EXPORTER_OTLP_LOGS_HEADERS',
]

/** Parses `name=value,name=value` with percent-encoded values: usually a key for the collector. */
function learnOtlpHeaders(scrubber: Scrubber, headers: string): void {
  for (const header of headers.split(',')) {
    const spelled = header.slice(header.indexOf('=') + 1).trim()
    const value = decoded(spelled)
    // Also without its scheme, because it may appear elsewhere that way.
    for (const secret of new Set([spelled, value, value.replace(/^\w+ +/, '')])) {
      scrubber.learn(secret, 'otlp-header')
    }
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
