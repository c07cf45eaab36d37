import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { record } from '@tacho/model'
import { claudeHome } from './home.js'
import { optionsOf } from './options.js'

/** Claude Code's effective settings for one run, as far as they matter here. */
export type EffectiveSettings = {
  /** The variables as Claude Code sees them. */
  environment: NodeJS.ProcessEnv
  /** The administrator's settings, which override the user's and ours. */
  managed: Record<string, unknown>
  /** Whether hooks from settings are disabled. */
  areHooksOff: boolean
}

/**
 * Returns Claude Code's effective settings (2.1.332). Variables in settings files override the
 * environment: the user's first, then the project's, `settings.local.json`, `--settings`, and an
 * administrator's. Claude Code ignores a file that it cannot read, and reports it if that matters.
 *
 * @param own the user's `--settings`.
 */
export function effectiveSettings(run: {
  args: readonly string[]
  environment: NodeJS.ProcessEnv
  cwd: string
  own: Record<string, unknown>
}): EffectiveSettings {
  const { args, environment, cwd, own } = run
  const managed = managedSettings()
  const layers = [...fileSettings(args, environment, cwd), own, managed]
  const variables = layers.map(({ env }) => textsOf(record(env)))
  return {
    environment: Object.assign({}, environment, ...variables),
    managed,
    areHooksOff:
      managed.allowManagedHooksOnly === true || layers.some((one) => one.disableAllHooks === true),
  }
}

function fileSettings(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  cwd: string,
): Record<string, unknown>[] {
  const { options } = optionsOf(args)
  if (options.has('--restricted')) return []
  const named = options.get('--setting-sources')?.split(',')
  const isRead = (source: string) => named === undefined || named.includes(source)
  return [
    ...(isRead('user') ? [settingsIn(join(claudeHome(environment), 'settings.json'))] : []),
    ...(isRead('project') ? [settingsIn(join(cwd, '.claude/settings.json'))] : []),
    ...(isRead('local') ? [settingsIn(join(cwd, '.claude/settings.local.json'))] : []),
  ]
}

const MANAGED =
  process.platform === 'darwin'
    ? '/Library/Application Support/ClaudeCode'
    : process.platform === 'win32'
      ? 'C:\\Program Files\\ClaudeCode'
      : '/etc/claude-code'

function managedSettings(): Record<string, unknown> {
  const folder = join(MANAGED, 'managed-settings.d')
  const parts = namesIn(folder).map((name) => settingsIn(join(folder, name)))
  const all = [settingsIn(join(MANAGED, 'managed-settings.json')), ...parts]
  const env = Object.assign({}, ...all.map((one) => record(one.env)))
  return { ...Object.assign({}, ...all), env }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
  } catch {
    return []
  }
}

function settingsIn(path: string): Record<string, unknown> {
  try {
    return record(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return {}
  }
}

function textsOf(variables: Record<string, unknown>): Record<string, string> {
  const texts = Object.entries(variables).filter(([, value]) => typeof value !== 'object')
  return Object.fromEntries(texts.map(([name, value]) => [name, String(value)]))
}
