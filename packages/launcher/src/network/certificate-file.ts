import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** Bundles of whole distributions have 200 KiB. */
const FILE_BYTES = 16 * 1024 * 1024

/**
 * Reads a file of certificates. A pipe, a folder or a device is rejected at once: Codex waits for a
 * pipe for ever (0.169, measured).
 *
 * @throws Error with the reason.
 */
export async function readCertificateFile(path: string): Promise<string> {
  // Otherwise opening a pipe would wait for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw new Error('it is not a regular file')
    if (stats.size > FILE_BYTES) throw new Error(`it has more than ${FILE_BYTES} bytes`)
    return await file.readFile('latin1')
  } finally {
    await file.close()
  }
}
