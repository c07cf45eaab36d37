import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import {
  ownShapes,
  refuseRunning,
  scrubbableBytes,
  scrubbedCopy,
  sharingScrubber,
} from '@tacho/reader'
import type { Command } from 'commander'
import { note, write } from '../output.js'
import { progressBar } from '../progress-bar.js'
import { byteCount } from '../quantities.js'
import { SESSION_ARGUMENT, sessionNamed } from '../session-options.js'
import { type FileExportOptions, withOutput } from './options.js'
import { outputFile } from './output-file.js'
import { removeWhenStopped } from './remove-when-stopped.js'
import { SHARE_PARTS, type SharePart, shareEntries, sharePartsOf } from './share-parts.js'
import { type ArchiveEntry, zipOf } from './zip.js'

type ShareOptions = FileExportOptions & { only: readonly SharePart[]; mail?: boolean }

/** Adds `tacho export share`: one archive for a bug report. */
export function addShareExport(parent: Command): void {
  const command = parent
    .command('share')
    .description('one archive for a bug report, scrubbed again and more strictly')
    .argument(...SESSION_ARGUMENT)
    .option(
      '--only <parts>',
      `what to include: ${SHARE_PARTS.join(',')}`,
      sharePartsOf,
      SHARE_PARTS,
    )
    .option('--mail', 'also replace mail addresses')
    .action(share)
  withOutput(command, 'zip')
}

async function share(name: string, options: ShareOptions): Promise<void> {
  const { id, folder } = sessionNamed(name, options)
  refuseRunning(folder)
  const place = mkdtempSync(join(tmpdir(), 'tacho-share-'))
  const remove = (): void => rmSync(place, { recursive: true, force: true })
  const stopWatching = removeWhenStopped(remove)
  try {
    const copy = join(place, id)
    mkdirSync(copy, { mode: 0o700 })
    copyScrubbed(folder, copy, options)
    await writeArchive(await shareEntries({ id, folder: copy }, options.only), `${id}.zip`, options)
  } finally {
    stopWatching()
    remove()
  }
}

function copyScrubbed(folder: string, copy: string, { mail = false }: ShareOptions): void {
  const { username } = userInfo()
  const scrubber = sharingScrubber({
    ...{ home: homedir(), user: username, host: hostname(), mail },
    environment: process.env,
    own: ownShapes(process.env.TACHO_SCRUB_RULES),
  })
  const progress = progressBar('scrubbing', scrubbableBytes(folder))
  try {
    scrubbedCopy(folder, copy, { scrubber, onBytes: (bytes) => progress.add(bytes) })
  } finally {
    progress.clear()
  }
}

async function writeArchive(
  entries: readonly ArchiveEntry[],
  defaultName: string,
  { output = defaultName, force = false }: ShareOptions,
): Promise<void> {
  if (output === '-') {
    for await (const bytes of zipOf(entries)) await write(bytes)
    return
  }
  const file = outputFile(output, force)
  let written = 0
  try {
    for await (const bytes of zipOf(entries)) {
      file.write(bytes)
      written += bytes.length
    }
    file.finish()
  } finally {
    file[Symbol.dispose]()
  }
  note(
    `${output}: ${byteCount(written)}. Look through it before you send it: removed.json says what was taken out.`,
  )
}
