import { type FoundSession, ReaderError, readSession, type Session } from '@tacho/reader'
import { EXIT } from './command-error.js'
import { noteDamage } from './damage-note.js'
import { note } from './output.js'
import { progressBar } from './progress-bar.js'

/**
 * Reads sessions one after the other, and shows the progress. Of several, one that cannot be read
 * is named on stderr and in the exit code, and must not hide the others.
 */
export async function readEach(
  chosen: readonly FoundSession[],
  tell: (session: Session) => void,
): Promise<void> {
  const progress = progressBar('reading', chosen.length)
  for (const { folder } of chosen) {
    try {
      const session = await readSession(folder)
      tell(session)
      if (chosen.length === 1) noteDamage(session)
      progress.add(1)
    } catch (error) {
      if (chosen.length === 1 || !(error instanceof ReaderError)) throw error
      progress.clear()
      note(error.message)
      process.exitCode = EXIT.incomplete
    }
  }
  progress.clear()
}
