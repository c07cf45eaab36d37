import { ReaderError } from '../reader-error.js'

/** Makes the error for a session that is not scrubbed, and is unchanged. */
export function cannotScrub(folder: string, reason: string, cause?: unknown): ReaderError {
  return new ReaderError('cannot-scrub', `${folder} could not be scrubbed: ${reason}.`, { cause })
}

/** Why a file is not scrubbed at all: nothing in it may be skipped. */
export const MORE_LINES = 'it has more lines, or more damaged ones, than are scrubbed at once'
