/** The key for the scripted model, long enough to count as a secret. */
export const SCRIPTED_KEY = 'scripted-key-0123456789abcdef'

/** The folders that an environment names. */
export type EnvironmentFolders = {
  codexHome: string
  /** `HOME`. */
  userHome: string
  /** `TMPDIR`: Codex complains about a home inside the temporary folder. */
  temporary: string
}

/**
 * An environment without anything from outside: no proxies, no OTEL_*, no TACHO_*, no keys, no user
 * settings. `more` is added; `undefined` removes a variable.
 */
export function cleanEnvironment(
  folders: EnvironmentFolders,
  more: Record<string, string | undefined> = {},
): Record<string, string> {
  const environment = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: folders.userHome,
    TMPDIR: folders.temporary,
    CODEX_HOME: folders.codexHome,
    SCRIPTED_KEY,
    LANG: 'C.UTF-8',
    SHELL: '/bin/sh',
    ...more,
  }
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )
}
