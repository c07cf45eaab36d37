import { note, write } from '../output.js'
import { printableStream } from '../printable.js'

/**
 * Writes a body to stdout: its exact bytes into a pipe or a file, but made printable on a terminal,
 * which would otherwise interpret what was recorded.
 */
export async function writeBody(parts: Iterable<Uint8Array>): Promise<void> {
  if (process.stdout.isTTY) {
    await writePrintable(parts)
    note('control characters are made visible here; a pipe or a file gets the exact bytes.')
    return
  }
  for (const bytes of parts) await write(bytes)
}

/** Writes a body as printable lines. */
export async function writePrintable(parts: Iterable<Uint8Array>): Promise<void> {
  const text = printableStream('lines')
  let last = '\n'
  const put = async (shown: string): Promise<void> => {
    if (shown === '') return
    last = shown.slice(-1)
    await write(shown)
  }
  try {
    for (const bytes of parts) await put(text.push(bytes))
  } finally {
    // If an error cuts the body off, what came before it is still written.
    await put(text.end())
    if (last !== '\n') await write('\n')
  }
}
