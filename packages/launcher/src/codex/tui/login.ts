import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TomlTable } from 'smol-toml'
import { tableAt, textAt } from '../config.js'
import { codexHome } from '../home.js'

/**
 * Whether the TUI may begin with its login, as far as files tell: the provider wants one, and there
 * is none in Codex's home (Codex 0.169).
 */
export function mayAskForLogin(config: TomlTable, environment: NodeJS.ProcessEnv): boolean {
  const isElsewhere = ['keyring', 'auto'].includes(
    textAt(config, 'cli_auth_credentials_store') ?? 'file',
  )
  const isGiven = VARIABLES.some((name) => environment[name])
  if (isElsewhere || isGiven || existsSync(join(codexHome(environment), 'auth.json'))) return false
  const id = textAt(config, 'model_provider') ?? 'openai'
  const provider = tableAt(tableAt(config, 'model_providers'), id)
  return id === 'openai' || provider.requires_openai_auth === true
}

const VARIABLES = ['CODEX_ACCESS_TOKEN', 'CODEX_API_KEY']
