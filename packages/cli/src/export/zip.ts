import { statSync } from 'node:fs'
import { constants } from 'node:zlib'
import { ZipFile } from 'yazl'

/** An entry of an archive: a text, a file, or a folder, whose name ends with a slash. */
export type ArchiveEntry = { name: string } & (
  | { text: string }
  | { path: string }
  | { folder: true }
)

/** Yields a ZIP archive. Once unpacked, only its owner may read the files. */
export async function* zipOf(entries: Iterable<ArchiveEntry>): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile()
  // An unreadable file ends the archive; otherwise its reader would wait forever.
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

/** A longer file is compressed at a level that takes a third of the time. */
const LONG_FILE = 64 * 1024 * 1024

function levelFor(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return size > LONG_FILE ? constants.Z_BEST_SPEED : 6
}
