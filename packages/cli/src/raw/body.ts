import { note, write } from '../output.js'
import { printableStream } from '../printable.js'

/**
 * Writes a body to stdout: its very bytes into a pipe or a file, and made printable on a terminal,
 * which would otherwise act on what was recorded.
 */
export async function writeBody(parts: Iterable<Uint8Array>): Promise<void> {
  if (process.stdout.isTTY) {
    await writePrintable(parts)
    note('control characters are made visible here; a pipe or a file gets the exact bytes.')
    return
  }
  for (const bytes of parts) await write(bytes)
}

/** Writes a body as lines for people. */
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
    // Where the body breaks off with an error, what came before it is out all the same.
    await put(text.end())
    if (last !== '\n') await write('\n')
  }
}
