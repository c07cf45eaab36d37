import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import stripJsonComments from 'strip-json-comments'

type Json = Record<string, unknown>

/** A configuration that opencode cannot read either; it reports that itself. */
export class BadConfig extends Error {
  override readonly name = 'BadConfig'
  readonly code = 'bad-config'
}

/** The parts of opencode's configuration that matter here; later sources override earlier ones. */
export type OpencodeConfig = {
  /** Providers by id, each merged from all sources. */
  providers: Map<string, Json>
  /** The settings of its own server: `port`, `hostname`, `mdns`. */
  server: Json
  /** `provider/model`, if set. */
  model?: string
}

/**
 * Returns the effective configuration, as far as files and the environment determine it (opencode
 * 1.18, "Config"): the user's, OPENCODE_CONFIG, the project's, from its outermost folder inward,
 * and OPENCODE_CONFIG_CONTENT.
 *
 * @throws BadConfig if OPENCODE_CONFIG_CONTENT is not a JSON object, so that Tacho's part cannot be
 * added.
 */
export function readConfig(cwd: string, environment: NodeJS.ProcessEnv): OpencodeConfig {
  const config: OpencodeConfig = { providers: new Map(), server: {} }
  const { OPENCODE_CONFIG: named, OPENCODE_CONFIG_DIR: folder } = environment
  const project = environment.OPENCODE_DISABLE_PROJECT_CONFIG ? [] : foldersTo(cwd)
  const files = [
    ...NAMES.map((name) => join(userFolder(environment), name)),
    ...(named ? [resolve(cwd, named)] : []),
    ...project.flatMap((one) => NAMES.map((name) => join(one, name))),
    ...project.flatMap((one) => NAMES.map((name) => join(one, '.opencode', name))),
    ...(folder ? NAMES.map((name) => join(resolve(cwd, folder), name)) : []),
  ]
  for (const file of files) merge(config, readFile(file), environment)
  merge(config, contentOf(environment), environment)
  return config
}

/**
 * Returns the user's own value of OPENCODE_CONFIG_CONTENT.
 *
 * @throws BadConfig if it is not a JSON object.
 */
export function contentOf({ OPENCODE_CONFIG_CONTENT: text }: NodeJS.ProcessEnv): Json {
  if (!text) return {}
  const content = parsed(text)
  if (content === undefined) throw new BadConfig('OPENCODE_CONFIG_CONTENT is not a JSON object')
  return content
}

/** Returns a member that is an object, else an empty one. */
export function objectAt(json: Json, key: string): Json {
  return asObject(Object.hasOwn(json, key) ? json[key] : undefined) ?? {}
}

/**
 * Returns the logins stored by `opencode auth`: their kinds by provider (`api`, `oauth`,
 * `wellknown`).
 */
export function readLogins(environment: NodeJS.ProcessEnv): Map<string, string> {
  const data = environment.XDG_DATA_HOME || join(homeOf(environment), '.local', 'share')
  const logins = readFile(join(data, 'opencode', 'auth.json'))
  return new Map(
    Object.entries(logins).map(([id, login]) => [id, String(asObject(login)?.type ?? '')]),
  )
}

const NAMES = ['config.json', 'opencode.json', 'opencode.jsonc']

function userFolder(environment: NodeJS.ProcessEnv): string {
  return join(environment.XDG_CONFIG_HOME || join(homeOf(environment), '.config'), 'opencode')
}

function homeOf({ HOME: home }: NodeJS.ProcessEnv): string {
  return home || homedir()
}

function foldersTo(cwd: string): string[] {
  const folders = [cwd]
  for (let folder = cwd; dirname(folder) !== folder; folder = dirname(folder))
    folders.unshift(dirname(folder))
  return folders
}

function merge(config: OpencodeConfig, more: Json, environment: NodeJS.ProcessEnv): void {
  const { providers, server } = config
  if (typeof more.model === 'string') config.model = more.model
  for (const [id, value] of Object.entries(objectAt(more, 'provider'))) {
    const told = substituted(asObject(value) ?? {}, environment)
    const before = providers.get(id) ?? {}
    const options = { ...objectAt(before, 'options'), ...objectAt(told, 'options') }
    providers.set(id, { ...before, ...told, options })
  }
  Object.assign(server, objectAt(more, 'server'))
}

// `{env:NAME}` in a string stands for the variable's value (opencode 1.18, "Config", "Variables").
function substituted(value: Json, environment: NodeJS.ProcessEnv): Json {
  const text = JSON.stringify(value).replaceAll(/\{env:([^}]+)\}/g, (_, name: string) =>
    JSON.stringify(environment[name] ?? '').slice(1, -1),
  )
  return parsed(text) ?? {}
}

function readFile(file: string): Json {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return {}
  }
  return parsed(text) ?? {}
}

function parsed(text: string): Json | undefined {
  try {
    return asObject(JSON.parse(stripJsonComments(text, { trailingCommas: true })))
  } catch {
    return undefined
  }
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined
}
