/**
 * Expands a leading `~/` as a shell would: a variable or a flag's value can arrive with it
 * unexpanded. Writers and readers of sessions both use this, so they mean the same folder.
 *
 * @param home the user's home folder.
 */
export function homePath(path: string, home: string): string {
  if (path === '~') return home
  if (!path.startsWith('~/')) return path
  return home.endsWith('/') ? `${home}${path.slice(2)}` : `${home}${path.slice(1)}`
}
