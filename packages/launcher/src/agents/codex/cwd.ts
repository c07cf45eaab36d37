import { resolve } from 'node:path'
import { valuesOf } from './config.js'

/** Returns Codex's working folder: the last `-C` or `--cd`, if there is one (0.169). */
export function cwdOf(args: readonly string[], cwd: string): string {
  return resolve(cwd, valuesOf(args, ['-C', '--cd']).at(-1) ?? '')
}
