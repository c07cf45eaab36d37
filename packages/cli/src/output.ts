import { once } from 'node:events'
import { printable } from './printable.js'

/** Writes to stdout, and waits until its reader has caught up. */
export async function write(chunk: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(chunk)) await once(process.stdout, 'drain')
}

/** Writes a line to stderr, after the command's name. */
export function note(text: string): void {
  process.stderr.write(`tacho: ${printable(text, 'lines')}\n`)
}

/** Returns how many columns a line may have: those of the terminal, unlimited in a pipe or file. */
export function outputWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY
}

/**
 * Ends the program silently once nobody reads stdout any more (`tacho ls | head -1`), and with an
 * error if stdout cannot take the output (a full disk).
 */
export function endWhenStdoutBreaks(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    note(`the output cannot be written (${error.code ?? error.message}).`)
    process.exit(1)
  })
}
