import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import stripJsonComments from 'strip-json-comments'

type Json = Record<string, unknown>

/** Returns Gemini CLI's own folder: `.gemini` in GEMINI_CLI_HOME, by default in the user's home. */
export function geminiFolder(environment: NodeJS.ProcessEnv): string {
  return join(environment.GEMINI_CLI_HOME || environment.HOME || homedir(), '.gemini')
}

/**
 * Returns the login method that its settings select (`security.auth.selectedType`), or undefined.
 * The folder's settings override the user's (Gemini CLI 0.61, "Settings").
 */
export function selectedAuth(cwd: string, environment: NodeJS.ProcessEnv): string | undefined {
  const chosen = settingsFiles(cwd, environment).flatMap((file) => {
    const type = objectAt(objectAt(readJson(file), 'security'), 'auth').selectedType
    return typeof type === 'string' && type !== '' ? [type] : []
  })
  return chosen.at(-1)
}

/** Returns its telemetry settings, merged from all files. */
export function telemetrySettings(cwd: string, environment: NodeJS.ProcessEnv): Json {
  const all = settingsFiles(cwd, environment).map((file) => objectAt(readJson(file), 'telemetry'))
  return Object.assign({}, ...all)
}

/** Later files override earlier ones. */
function settingsFiles(cwd: string, environment: NodeJS.ProcessEnv): string[] {
  const {
    GEMINI_CLI_SYSTEM_SETTINGS_PATH: system = '/etc/gemini-cli/settings.json',
    GEMINI_CLI_SYSTEM_DEFAULTS_PATH: defaults = join(dirname(system), 'system-defaults.json'),
  } = environment
  return [
    defaults,
    join(geminiFolder(environment), 'settings.json'),
    join(cwd, '.gemini', 'settings.json'),
    system,
  ]
}

/**
 * Returns the environment as Gemini CLI sees it. It takes unset variables from the first of these
 * files that exists: the `.gemini/.env` and `.env` of its folder and the folders above, then of its
 * home (0.61, "Environment variables").
 */
export function effectiveEnvironment(
  cwd: string,
  environment: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const folders = [cwd]
  for (let folder = cwd; dirname(folder) !== folder; folder = dirname(folder))
    folders.push(dirname(folder))
  const home = environment.GEMINI_CLI_HOME || environment.HOME || homedir()
  for (const folder of [...folders, home]) {
    for (const file of [join(folder, '.gemini', '.env'), join(folder, '.env')]) {
      const text = readText(file)
      if (text !== undefined) return { ...parseEnv(text), ...environment }
    }
  }
  return environment
}

/** Returns the JSON object in a file, which may contain comments; empty if there is none. */
export function readJson(file: string): Json {
  try {
    return asObject(JSON.parse(stripJsonComments(readText(file) ?? '{}'))) ?? {}
  } catch {
    // Gemini CLI itself reports errors in its settings.
    return {}
  }
}

function objectAt(json: Json, key: string): Json {
  return asObject(Object.hasOwn(json, key) ? json[key] : undefined) ?? {}
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
