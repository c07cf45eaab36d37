import type { Session } from '@tacho/reader'
import { note } from './output.js'

/** Says on stderr that what was printed may not be all, where the session's files are damaged. */
export function noteDamage({ damage }: Pick<Session, 'damage'>): void {
  if (damage.length > 0) note('some of this session could not be read; tacho show tells what.')
}
