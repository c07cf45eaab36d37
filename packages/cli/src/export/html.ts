import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterwardsScrubber, ownShapes, scrubbableBytes, scrubbedCopy } from '@tacho/reader'
import { sessionHtml } from '@tacho/viewer'
import type { Command } from 'commander'
import { notePartial } from '../damage-note.js'
import { progressBar } from '../progress-bar.js'
import { SESSION_ARGUMENT, sessionNamed } from '../session-options.js'
import { type FileExportOptions, withOutput } from './options.js'
import { removeWhenStopped } from './remove-when-stopped.js'
import { writeText } from './write-text.js'

/** Adds `tacho export html`: the page of `tacho view` with one session, in a single file. */
export function addHtmlExport(parent: Command): void {
  const command = parent
    .command('html')
    .description('one web page that opens from disk, offline')
    .argument(...SESSION_ARGUMENT)
    .action(exportHtml)
  withOutput(command, 'html')
}

async function exportHtml(name: string, options: FileExportOptions): Promise<void> {
  const { id, folder } = sessionNamed(name, options)
  const place = mkdtempSync(join(tmpdir(), 'tacho-html-'))
  const remove = (): void => rmSync(place, { recursive: true, force: true })
  const stopWatching = removeWhenStopped(remove)
  try {
    const copy = join(place, id)
    mkdirSync(copy, { mode: 0o700 })
    copyScrubbed(folder, copy)
    let progress: ReturnType<typeof progressBar> | undefined
    const onExchange = (of: number): void => {
      progress ??= progressBar('exporting', of)
      progress.add(1)
    }
    const pieces = sessionHtml(copy, id, onExchange, notePartial)
    const opensIn = 'Open it in a browser.'
    await writeText(pieces, `${id}.html`, options, opensIn, () => progress?.clear())
  } finally {
    stopWatching()
    remove()
  }
}

// What was recorded before a rule existed, or without scrubbing, must not leave with a page.
function copyScrubbed(folder: string, copy: string): void {
  const progress = progressBar('scrubbing', scrubbableBytes(folder))
  try {
    const scrubber = afterwardsScrubber([], ownShapes(process.env.TACHO_SCRUB_RULES))
    scrubbedCopy(folder, copy, { scrubber, onBytes: (bytes) => progress.add(bytes) })
  } finally {
    progress.clear()
  }
}
