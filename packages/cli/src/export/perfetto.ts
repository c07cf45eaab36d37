import { perfettoJson, readSession, verifiableBytes } from '@tacho/reader'
import type { Command } from 'commander'
import { noteDamage } from '../damage-note.js'
import { progressBar } from '../progress-bar.js'
import { SESSION_ARGUMENT, sessionNamed } from '../session-options.js'
import { type FileExportOptions, withOutput } from './options.js'
import { writeJson } from './write-text.js'

/** Adds `tacho export perfetto`: a session as a trace on tracks. */
export function addPerfettoExport(parent: Command): void {
  const command = parent
    .command('perfetto')
    .description('a JSON trace for Perfetto and chrome://tracing')
    .argument(...SESSION_ARGUMENT)
    .action(exportPerfetto)
  withOutput(command, 'perfetto.json')
}

async function exportPerfetto(name: string, options: FileExportOptions): Promise<void> {
  const { id, folder } = sessionNamed(name, options)
  const session = await readSession(folder)
  noteDamage(session)
  const progress = progressBar('exporting', verifiableBytes(folder))
  const pieces = perfettoJson(session, (bytes) => progress.add(bytes))
  const opensIn = 'Open it in https://ui.perfetto.dev or chrome://tracing.'
  try {
    await writeJson(pieces, `${id}.perfetto.json`, options, opensIn, progress.clear)
  } catch (error) {
    progress.clear()
    throw error
  }
}
