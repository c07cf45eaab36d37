/**
 * The line that an agent's shell runs as a hook: it puts what it is told into a file of the folder,
 * named by its own process. Whatever is wrong, it reads all that it is told, says nothing and ends
 * with 0, so that the agent has nothing to complain of.
 *
 * It writes only where the folder is the user's own, and while the process that reads there lives:
 * once that is gone, it takes the folder away. Any POSIX shell understands it, zsh as well, and it
 * needs nothing of the user's PATH.
 */
export function hookCommand(folder: string, reader: number): string {
  const place = quoted(folder)
  const write = `[ -O ${place} ] && kill -0 ${reader} && cat >${place}/$$`
  const giveUp = `cat >/dev/null; kill -0 ${reader} || rm -rf ${place}`
  return `PATH=/usr/bin:/bin:$PATH; { ${write} || { ${giveUp}; }; } 2>/dev/null; exit 0`
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`
}
