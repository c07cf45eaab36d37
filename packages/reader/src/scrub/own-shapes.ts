import { readFileSync } from 'node:fs'
import { readOwnRules, type Shape, WrongRule } from '@tacho/scrub'
import { ReaderError } from '../reader-error.js'

/**
 * Reads the user's own rules.
 *
 * @param path of their file, as in `TACHO_SCRUB_RULES`; there are none if it is absent or empty.
 * @throws ReaderError `wrong-rule` if it cannot be used: whoever scrubs by rules wants all of them.
 */
export function ownShapes(path: string | undefined): Shape[] {
  if (path === undefined || path === '') return []
  try {
    return readOwnRules(readFileSync(path, 'utf8'))
  } catch (error) {
    const place = error instanceof WrongRule ? `${path}, line ${error.line}` : path
    const message = `TACHO_SCRUB_RULES: ${place}: ${(error as Error).message}`
    throw new ReaderError('wrong-rule', message, { cause: error })
  }
}
