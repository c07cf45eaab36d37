import type { AddCommand } from './program.js'
import { run } from './run.js'

/** Runs `tacho` with a command that is waited for, and ends the process as soon as it is done. */
export async function runQuick(argv: readonly string[], add: AddCommand): Promise<void> {
  await run(argv, add)
  // Node frees all that it holds before it ends by itself, which takes 5 ms and gives nothing.
  const isWritten = [process.stdout, process.stderr].every((stream) => stream.writableLength === 0)
  if (isWritten) process.exit()
}
