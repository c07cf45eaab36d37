import { readFileSync } from 'node:fs'
import { readOwnRules, type Shape, WrongRule } from '@tacho/scrub'
import { ReaderError } from '../reader-error.js'

/**
 * The rules of the user's own.
 *
 * @param path of their file, as `TACHO_SCRUB_RULES` names it; none where it is absent or empty.
 * @throws ReaderError `wrong-rule` where it cannot be used: who scrubs by rules wants all of them.
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
