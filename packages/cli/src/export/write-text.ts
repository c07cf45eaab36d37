import { inBlocks } from '../in-blocks.js'
import { visibleJson } from '../json-text.js'
import { note, write } from '../output.js'
import { byteCount } from '../quantities.js'
import type { FileExportOptions } from './options.js'
import { outputFile } from './output-file.js'

/** Writes JSON in the same way, without anything that a terminal or an editor would interpret. */
export function writeJson(
  pieces: Iterable<string>,
  ...others: Rest<Parameters<typeof writeText>>
): Promise<void> {
  return writeText(visible(pieces), ...others)
}

type Rest<List extends unknown[]> = List extends [unknown, ...infer Others] ? Others : never

function* visible(pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) yield visibleJson(piece)
}

/**
 * Writes a text, piece by piece, to the file that the user named or to stdout, and says on stderr
 * what was written and where to open it.
 */
export async function writeText(
  pieces: Iterable<string> | AsyncIterable<string>,
  defaultName: string,
  { output = defaultName, force = false }: FileExportOptions,
  opensIn: string,
  onEnd: () => void,
): Promise<void> {
  if (output === '-') {
    for await (const piece of inBlocks(pieces)) await write(piece)
    onEnd()
    return
  }
  const file = outputFile(output, force)
  let written = 0
  try {
    for await (const piece of inBlocks(pieces)) {
      const bytes = Buffer.from(piece)
      written += bytes.length
      file.write(bytes)
      // So that Ctrl-C is noticed.
      await new Promise((resolve) => setImmediate(resolve))
    }
    file.finish()
  } finally {
    file[Symbol.dispose]()
  }
  onEnd()
  note(`${output}: ${byteCount(written)}. ${opensIn}`)
}
