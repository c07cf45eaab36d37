import { codex as runCodex } from '@tacho/launcher'

/** `tacho codex …`: all that follows is Codex's, but for the flags of ours among it. */
export function codex(args: readonly string[]): Promise<void> {
  return runCodex(args, process.env)
}
