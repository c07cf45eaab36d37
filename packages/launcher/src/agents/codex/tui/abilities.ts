import { execFile } from 'node:child_process'

/** The abilities of a Codex's TUI that matter here. */
export type TuiAbilities = {
  /** Whether it can run without the app-server that all of the user's TUIs share. */
  noDaemon: boolean
}

// If Codex does not answer in time, it is assumed to lack the ability.
const PATIENCE_MILLISECONDS = 3000

/** Asks Codex what its TUI can do: the options come and go between versions. */
export function abilitiesOf(
  command: string,
  environment: NodeJS.ProcessEnv,
): Promise<TuiAbilities> {
  return new Promise((resolve) => {
    const options = { env: environment, timeout: PATIENCE_MILLISECONDS }
    const asked = execFile(command, ['--help'], options, (_error, help) =>
      resolve({ noDaemon: help.includes('--no-daemon') }),
    )
    asked.stdin?.end()
  })
}
