/**
 * A path with a leading `~/` made whole, as a shell would have done: a variable or a flag's value can
 * reach us with it. Who writes sessions and who reads them means the same folder by it.
 *
 * @param home the user's home folder.
 */
export function homePath(path: string, home: string): string {
  if (path === '~') return home
  if (!path.startsWith('~/')) return path
  return home.endsWith('/') ? `${home}${path.slice(2)}` : `${home}${path.slice(1)}`
}
