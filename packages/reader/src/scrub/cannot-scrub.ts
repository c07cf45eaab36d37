import { ReaderError } from '../reader-error.js'

/** The error for a session that is not scrubbed: it is as it was. */
export function cannotScrub(folder: string, reason: string, cause?: unknown): ReaderError {
  return new ReaderError('cannot-scrub', `${folder} could not be scrubbed: ${reason}.`, { cause })
}

/** Why a file is not scrubbed at all: nothing may be passed over in it. */
export const MORE_LINES = 'it has more lines, or more damaged ones, than are scrubbed at once'
