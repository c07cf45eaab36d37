import { homedir } from 'node:os'
import { join } from 'node:path'

/** Returns the user's home folder. */
export function homeOf({ HOME }: NodeJS.ProcessEnv): string {
  return HOME || homedir()
}

/** Returns Claude Code's own folder: $CLAUDE_CONFIG_DIR, else ~/.claude. */
export function claudeHome(environment: NodeJS.ProcessEnv): string {
  return environment.CLAUDE_CONFIG_DIR || join(homeOf(environment), '.claude')
}
