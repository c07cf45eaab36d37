import { harJson, readSession } from '@tacho/reader'
import type { Command } from 'commander'
import { noteDamage, notePartial } from '../damage-note.js'
import { version } from '../package/own-files.js'
import { progressBar } from '../progress-bar.js'
import { SESSION_ARGUMENT, sessionNamed } from '../session-options.js'
import { type FileExportOptions, withOutput } from './options.js'
import { writeJson } from './write-text.js'

/** Adds `tacho export har`: the exchanges of a session, with their bodies. */
export function addHarExport(parent: Command): void {
  const command = parent
    .command('har')
    .description("an HTTP Archive for the Network panel of a browser's DevTools")
    .argument(...SESSION_ARGUMENT)
    .action(exportHar)
  withOutput(command, 'har')
}

async function exportHar(name: string, options: FileExportOptions): Promise<void> {
  const { id, folder } = sessionNamed(name, options)
  const session = await readSession(folder)
  noteDamage(session)
  const progress = progressBar('exporting', session.exchanges.length)
  const pieces = harJson({ folder, id, version: version() }, () => progress.add(1), notePartial)
  const opensIn = "Drag it into the Network panel of Chrome's DevTools."
  try {
    await writeJson(pieces, `${id}.har`, options, opensIn, progress.clear)
  } catch (error) {
    progress.clear()
    throw error
  }
}
