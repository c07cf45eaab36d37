import { homedir } from 'node:os'
import { join } from 'node:path'

/** Returns Codex's home: $CODEX_HOME, else ~/.codex. */
export function codexHome(environment: NodeJS.ProcessEnv): string {
  return environment.CODEX_HOME || join(environment.HOME || homedir(), '.codex')
}
