import { randomUUID } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isUuid } from '@tacho/format'
import { has, optionValue } from './subcommand.js'

/** The session of a run, as far as it is known at the start. */
export type StartedSession = {
  /** Its id; absent for an earlier session, which its chat identifies. */
  id?: string
  /** Tacho's options that set this id. */
  options: readonly string[]
}

/** The version in which we saw that Gemini CLI accepts a session id as an argument. */
const SINCE = [0, 61]

/** @param program the path of the program. */
export function startedSession(args: readonly string[], program: string): StartedSession {
  const own = optionValue(args, '--session-id')
  if (own !== undefined) return isUuid(own) ? { id: own, options: [] } : { options: [] }
  const resumed = optionValue(args, '--resume') ?? optionValue(args, '-r')
  if (resumed !== undefined && isUuid(resumed)) return { id: resumed, options: [] }
  const isEarlier = ['--resume', '-r', '--session-file'].some((name) => has(args, name))
  // Gemini CLI exits at an unknown option.
  if (isEarlier || !takesSessionId(program)) return { options: [] }
  const id = randomUUID()
  return { id, options: ['--session-id', id] }
}

function takesSessionId(program: string): boolean {
  const [major = 0, minor = 0] = versionOf(program)?.split('.').map(Number) ?? []
  const [leastMajor = 0, leastMinor = 0] = SINCE
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}

/** Reads the version from the program's package. */
function versionOf(program: string): string | undefined {
  try {
    let folder = dirname(realpathSync(program))
    for (let up = 0; up < 4; up += 1) {
      const { name, version } = packageIn(folder)
      if (name === '@google/gemini-cli') return String(version)
      folder = dirname(folder)
    }
  } catch {
    // Not a file of the package: the version is unknown.
  }
  return undefined
}

function packageIn(folder: string): { name?: unknown; version?: unknown } {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  } catch {
    return {}
  }
}
