import { execFile } from 'node:child_process'

/** What of interest here a Codex's TUI can do. */
export type TuiAbilities = {
  /** It can do without the app-server that all of the user's TUIs share. */
  noDaemon: boolean
}

// A Codex that does not say in time what it can do is taken for one that cannot.
const PATIENCE_MILLISECONDS = 3000

/** Asks a Codex what its TUI can do: the options come and go with its versions. */
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
