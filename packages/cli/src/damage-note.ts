import type { Session } from '@tacho/reader'
import { EXIT } from './command-error.js'
import { note } from './output.js'

/**
 * Says on stderr, and by the exit code, that the output may be incomplete because the session's
 * files are damaged.
 *
 * @param where the reader lists what it could not read.
 */
export function noteDamage(
  { damage }: Pick<Session, 'damage'>,
  where = 'tacho show tells what.',
): void {
  if (damage.length === 0) return
  note(`some of this session could not be read; ${where}`)
  process.exitCode ||= EXIT.incomplete
}

/** Says the same if a limit was reached. */
export function notePartial(): void {
  note('the session is too large to read at once: some exchanges or bodies are missing.')
  process.exitCode ||= EXIT.incomplete
}
