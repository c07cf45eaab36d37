import { closeSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CommandError, EXIT } from '../command-error.js'

/**
 * Makes a private file, whole or not at all: it is written under another name beside its own.
 *
 * @param write fills the draft, which is there and empty.
 * @throws CommandError where the file is there already and `force` is not, or cannot be made.
 */
export async function makeFile(
  path: string,
  force: boolean,
  write: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = join(dirname(path), `.tacho-export-${process.pid}`)
  try {
    // wx: neither a link nor anything else that is there already.
    closeSync(openSync(draft, 'wx', 0o600))
    await write(draft)
    if (force) renameSync(draft, path)
    else linkSync(draft, path)
  } catch (error) {
    throw worded(path, error)
  } finally {
    rmSync(draft, { force: true })
  }
}

function worded(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined || error instanceof CommandError) return error
  if (code === 'EEXIST') {
    const message = `${path} is there already. Name another with -o, or say --force.`
    return new CommandError('file-exists', EXIT.failure, message)
  }
  return new CommandError('cannot-write', EXIT.failure, `${path} cannot be written (${code}).`, {
    cause: error,
  })
}
