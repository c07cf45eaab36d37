/**
 * Returns the command that an agent's shell runs as a hook: it writes its input to a file in the
 * folder, named by its process id. Whatever goes wrong, it reads all its input, prints nothing and
 * exits with 0, so that the agent has nothing to report.
 *
 * It writes only if the folder is the user's own and the process that reads it is alive; once that
 * is gone, it removes the folder. It works in any POSIX shell, and zsh, and needs nothing from the
 * user's PATH.
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
