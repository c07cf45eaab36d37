import { statSync } from 'node:fs'
import { constants } from 'node:zlib'
import { ZipFile } from 'yazl'

/** What goes into an archive: a text, a file, or a folder, whose name ends with a slash. */
export type ArchiveEntry = { name: string } & (
  | { text: string }
  | { path: string }
  | { folder: true }
)

/** A ZIP archive, as its bytes come. Whoever unpacks it may read its files, and nobody else. */
export async function* zipOf(entries: Iterable<ArchiveEntry>): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile()
  // A file that cannot be read ends the archive; without it, its reader would wait for ever.
  zip.on('error', (cause) =>
    (zip.outputStream as NodeJS.ReadableStream & { destroy(cause: unknown): void }).destroy(cause),
  )
  for (const entry of entries) {
    if ('text' in entry) zip.addBuffer(Buffer.from(entry.text), entry.name, PRIVATE)
    else if ('folder' in entry) zip.addEmptyDirectory(entry.name, { mode: 0o040700 })
    else zip.addFile(entry.path, entry.name, { ...PRIVATE, compressionLevel: levelFor(entry.path) })
  }
  zip.end()
  for await (const bytes of zip.outputStream) yield Buffer.from(bytes)
}

const PRIVATE = { mode: 0o100600 }

/** A longer file is packed at a level that takes a third of the time. */
const LONG_FILE = 64 * 1024 * 1024

function levelFor(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return size > LONG_FILE ? constants.Z_BEST_SPEED : 6
}
