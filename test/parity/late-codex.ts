import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CodexHome } from '../host/index.js'

/**
 * The real Codex, started once Tacho has found that the upstream is unreachable. On a busy machine
 * Codex may send its first request before that is known; it then breaks instead of being refused,
 * which costs one more try (docs/recording-codex.md, "What still differs").
 *
 * @returns the path of the program.
 */
export function lateCodex(codex: string, { root, codexHome }: CodexHome): string {
  const path = join(root, 'late-codex')
  writeFileSync(path, SCRIPT(codex, codexHome), { mode: 0o755 })
  return path
}

// Tacho's own queries are answered at once.
const SCRIPT = (codex: string, codexHome: string) => `#!/bin/sh
case " $* " in *' app-server '*|*' --help '*|*' --version '*) exec '${codex}' "$@";; esac
until grep -qs 'until it can, we cannot either' '${codexHome}'/sessions/*/session.log
do sleep 0.02
done
exec '${codex}' "$@"
`
