/**
 * Returns the sessions folder for programs that have none of their own:
 * `$XDG_STATE_HOME/tacho/sessions`, by default in `~/.local/state`. A relative XDG_STATE_HOME is
 * ignored: https://specifications.freedesktop.org/basedir/latest/
 *
 * @param home the user's home folder.
 */
export function ownSessionsRoot(stateHome: string | undefined, home: string): string {
  const folder = stateHome?.startsWith('/') ? stateHome : `${home}/.local/state`
  return `${folder}/tacho/sessions`
}
