import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, type TomlTable } from 'smol-toml'
import { codexHome } from './home.js'

/** A configuration file of Codex's is not valid TOML; Codex itself reports it best. */
export class BadConfig extends Error {
  override readonly name = 'BadConfig'
  readonly code = 'bad-config'
}

/**
 * Returns Codex's effective configuration, as far as files and arguments determine it: the system's
 * file, the user's, the profile's, then `-c` in order (docs of Codex 0.169, "Configuration").
 *
 * @throws BadConfig if a file does not parse.
 */
export function readConfig(args: readonly string[], environment: NodeJS.ProcessEnv): TomlTable {
  const home = codexHome(environment)
  const profile = valuesOf(args, ['-p', '--profile']).at(-1)
  const isUserConfigIgnored = args.includes('--ignore-user-config')
  const files = [
    '/etc/codex/config.toml',
    ...(isUserConfigIgnored ? [] : [join(home, 'config.toml')]),
    ...(profile === undefined ? [] : [join(home, `${profile}.config.toml`)]),
  ]
  const config: TomlTable = {}
  for (const file of files) merge(config, readToml(file))
  for (const override of valuesOf(args, ['-c', '--config'])) applyOverride(config, override)
  return config
}

/** Returns what the `-c` options set, without any file. */
export function overridesOf(args: readonly string[]): TomlTable {
  const config: TomlTable = {}
  for (const override of valuesOf(args, ['-c', '--config'])) applyOverride(config, override)
  return config
}

/** Returns an option's values in order, however they are attached. */
export function valuesOf(args: readonly string[], names: readonly string[]): string[] {
  const values: string[] = []
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  for (const [index, argument] of options.entries()) {
    for (const name of names) {
      const next = options[index + 1]
      if (argument === name && next !== undefined) values.push(next)
      else if (argument.startsWith(`${name}=`)) values.push(argument.slice(name.length + 1))
      else if (name.length === 2 && argument.startsWith(name) && argument.length > 2) {
        values.push(argument.slice(2))
      }
    }
  }
  return values
}

/** Returns a member that is a table, else an empty table. */
export function tableAt(table: TomlTable, key: string): TomlTable {
  const value = Object.hasOwn(table, key) ? table[key] : undefined
  const isTable = typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date)
  return isTable ? value : {}
}

/** Returns a member that is a string. */
export function textAt(table: TomlTable, key: string): string | undefined {
  const value = Object.hasOwn(table, key) ? table[key] : undefined
  return typeof value === 'string' ? value : undefined
}

function readToml(file: string): TomlTable {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return {}
  }
  try {
    return parse(text)
  } catch (cause) {
    throw new BadConfig(`${file} does not parse`, { cause })
  }
}

function merge(into: TomlTable, from: TomlTable): void {
  for (const [key, value] of Object.entries(from)) {
    const isTable = typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date)
    if (!isTable) setOwn(into, key, value)
    else {
      const inner = { ...tableAt(into, key) }
      merge(inner, value)
      setOwn(into, key, inner)
    }
  }
}

/** Applies `-c a.b.c=value`: the value is TOML, or else the plain text. */
function applyOverride(config: TomlTable, override: string): void {
  const at = override.indexOf('=')
  if (at < 0) return
  const path = override.slice(0, at).trim().split('.')
  const last = path.pop() ?? ''
  let table = config
  for (const key of path) {
    const inner = { ...tableAt(table, key) }
    setOwn(table, key, inner)
    table = inner
  }
  setOwn(table, last, tomlValue(override.slice(at + 1).trim()))
}

function tomlValue(text: string): TomlTable[string] {
  try {
    return parse(`value = ${text}`).value ?? text
  } catch {
    return text
  }
}

// A user's key may be `__proto__`.
function setOwn(table: TomlTable, key: string, value: TomlTable[string]): void {
  Object.defineProperty(table, key, { value, writable: true, enumerable: true, configurable: true })
}
