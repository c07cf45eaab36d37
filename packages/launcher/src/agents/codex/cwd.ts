import { resolve } from 'node:path'
import { valuesOf } from './config.js'

/** Where Codex works: in the folder of `-C` and `--cd`, the last one, where there is one (0.169). */
export function cwdOf(args: readonly string[], cwd: string): string {
  return resolve(cwd, valuesOf(args, ['-C', '--cd']).at(-1) ?? '')
}
