import { randomUUID } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isUuid } from '@tacho/format'
import { has, optionValue } from './subcommand.js'

/** The session of a run, as far as can be told when it starts. */
export type StartedSession = {
  /** Its id; nothing where it is an earlier one, which its chat tells. */
  id?: string
  /** Options of ours that give it that id. */
  options: readonly string[]
}

/** Gemini CLI takes an id of its session from its arguments; seen on this version. */
const SINCE = [0, 61]

/** @param program its path. */
export function startedSession(args: readonly string[], program: string): StartedSession {
  const own = optionValue(args, '--session-id')
  if (own !== undefined) return isUuid(own) ? { id: own, options: [] } : { options: [] }
  const resumed = optionValue(args, '--resume') ?? optionValue(args, '-r')
  if (resumed !== undefined && isUuid(resumed)) return { id: resumed, options: [] }
  const isEarlier = ['--resume', '-r', '--session-file'].some((name) => has(args, name))
  // An option that it does not know would end it.
  if (isEarlier || !takesSessionId(program)) return { options: [] }
  const id = randomUUID()
  return { id, options: ['--session-id', id] }
}

function takesSessionId(program: string): boolean {
  const [major = 0, minor = 0] = versionOf(program)?.split('.').map(Number) ?? []
  const [leastMajor = 0, leastMinor = 0] = SINCE
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}

/** By the package that the program is in. */
function versionOf(program: string): string | undefined {
  try {
    let folder = dirname(realpathSync(program))
    for (let up = 0; up < 4; up += 1) {
      const { name, version } = packageIn(folder)
      if (name === '@google/gemini-cli') return String(version)
      folder = dirname(folder)
    }
  } catch {
    // What is no file of its package tells no version.
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
