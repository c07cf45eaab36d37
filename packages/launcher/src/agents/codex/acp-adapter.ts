import { basename } from 'node:path'
import type { TomlTable } from 'smol-toml'
import type { Upstream } from '../../taps/http/upstream.js'
import type { NoTap } from '../../taps/no-tap.js'
import { BadConfig, readConfig, tableAt } from './config.js'
import { providerOf, type TellSetting } from './provider.js'

/**
 * The variable from which codex-acp (2.6) takes Codex settings, as JSON, in addition to the files.
 */
const VARIABLE = 'CODEX_CONFIG'

/** Whether a command line starts codex-acp: its program, or its package through `npx`. */
function isAcpAdapter(words: readonly string[]): boolean {
  return words.some((word) => /^codex-acp(?:\.js)?(?:@|$)/.test(basename(word)))
}

/**
 * Returns the upstream of the Codex inside codex-acp, whose arguments cannot be extended; undefined
 * if these words start something else.
 */
export function upstreamIn(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): Upstream | NoTap | undefined {
  if (!isAcpAdapter(words)) return undefined
  const own = settingsIn(environment)
  // If one setting is given both as a path and as a table, only Codex knows which one counts.
  if (own === undefined || Object.keys(own).some((key) => key.includes('.')))
    return { reason: `${VARIABLE} cannot be added to` }
  try {
    const files = readConfig([], environment)
    const providers = {
      ...tableAt(files, 'model_providers'),
      ...tableAt(own as TomlTable, 'model_providers'),
    }
    const { MODEL_PROVIDER: chosen } = environment
    const config: TomlTable = { ...files, ...(own as TomlTable), model_providers: providers }
    if (chosen) config.model_provider = chosen
    return providerOf(config, [], environment, withSetting(own, config))
  } catch (error) {
    if (error instanceof BadConfig) return { reason: error.message, isToldByAgent: true }
    throw error
  }
}

function withSetting(own: Record<string, unknown>, config: TomlTable): TellSetting {
  return (path, value) => (start) => {
    const settings = { ...own, ...settingOf(path, value, config) }
    return { ...start, environment: { ...start.environment, [VARIABLE]: JSON.stringify(settings) } }
  }
}

// codex-acp passes a complete provider to Codex at its start. It passes other settings only for
// threads that an editor starts, not for those that write titles.
function settingOf(path: string, value: string, config: TomlTable): Record<string, unknown> {
  const [, id] = /^model_providers\.(.+)\.base_url$/.exec(path) ?? []
  if (id === undefined) return { [path]: value }
  const providers = tableAt(config, 'model_providers')
  return {
    model_provider: id,
    model_providers: { ...providers, [id]: { ...tableAt(providers, id), base_url: value } },
  }
}

function settingsIn({ [VARIABLE]: text }: NodeJS.ProcessEnv): Record<string, unknown> | undefined {
  if (!text) return {}
  try {
    const value: unknown = JSON.parse(text)
    const isTable = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isTable ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
