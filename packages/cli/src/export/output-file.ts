import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CommandError, EXIT } from '../command-error.js'
import { removeWhenStopped } from './remove-when-stopped.js'

/** A file that gets its name only once it is complete. */
export type OutputFile = {
  write(bytes: Uint8Array): void
  /** Gives it its name. */
  finish(): void
  /** Deletes it unless it is finished. */
  [Symbol.dispose](): void
}

const NEW = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW

/**
 * Creates a private file next to its final place.
 *
 * @throws CommandError `output-exists`, `cannot-write`.
 */
export function outputFile(path: string, mayReplace: boolean): OutputFile {
  if (!mayReplace && existsSync(path)) throw alreadyThere(path)
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.part`)
  const descriptor = orCannotWrite(path, () => openSync(draft, NEW, 0o600))
  let isOpen = true
  const close = (): void => {
    if (isOpen) closeSync(descriptor)
    isOpen = false
  }
  const remove = (): void => rmSync(draft, { force: true })
  const stopWatching = removeWhenStopped(remove)
  return {
    write(bytes) {
      orCannotWrite(path, () => {
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
      })
    },
    finish() {
      orCannotWrite(path, () => {
        fchmodSync(descriptor, 0o600)
        close()
        if (mayReplace) renameSync(draft, path)
        else nameNew(draft, path)
      })
    },
    [Symbol.dispose]() {
      stopWatching()
      close()
      remove()
    },
  }
}

// A rename would replace a file that was created meanwhile; a link does not. Some file systems have
// no links.
function nameNew(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(path)) {
      throw alreadyThere(path)
    }
    renameSync(draft, path)
  }
}

function orCannotWrite<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof CommandError) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    const text = `${path} cannot be written (${code ?? message}).`
    throw new CommandError('cannot-write', EXIT.failure, text, { cause })
  }
}

function alreadyThere(path: string): CommandError {
  const text = `${path} is there already, and nothing was written.\nName another file with -o FILE, or replace it with --force.`
  return new CommandError('output-exists', EXIT.failure, text)
}
