import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CodexHome } from '../host/index.js'

/**
 * The real Codex, begun when Tacho has found that the upstream is away. On a busy machine Codex may
 * ask before that is found, and its first request then breaks where it would have been refused: one
 * try more (docs/recording-codex.md, "What still differs").
 *
 * @returns the path of the program.
 */
export function lateCodex(codex: string, { root, codexHome }: CodexHome): string {
  const path = join(root, 'late-codex')
  writeFileSync(path, SCRIPT(codex, codexHome), { mode: 0o755 })
  return path
}

// What Tacho asks of it beforehand is answered at once.
const SCRIPT = (codex: string, codexHome: string) => `#!/bin/sh
case " $* " in *' app-server '*|*' --help '*|*' --version '*) exec '${codex}' "$@";; esac
until grep -qs 'until it can, we cannot either' '${codexHome}'/sessions/*/session.log
do sleep 0.02
done
exec '${codex}' "$@"
`
