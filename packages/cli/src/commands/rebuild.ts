import { type Rebuilt, rebuildSession } from '@tacho/reader'
import type { Command } from 'commander'
import { jsonText } from '../json-text.js'
import { write } from '../output.js'
import { printable } from '../printable.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'

type RebuildOptions = SessionOptions & { to: string; json?: boolean }

/** `tacho rebuild`: a session's spans anew, by the rules of this version. */
export function addRebuildCommand(tacho: Command): void {
  const command = tacho
    .command('rebuild')
    .description("make a session's spans anew from what was recorded, into a new folder")
    .argument(...SESSION_ARGUMENT)
    .requiredOption('--to <dir>', 'the folder to make it in, under its own name')
    .option('--json', 'print an object')
    .action(rebuild)
  withSessionsDir(command)
}

async function rebuild(name: string, options: RebuildOptions): Promise<void> {
  const { id, folder } = sessionNamed(name, options)
  const rebuilt = await rebuildSession(folder, options.to)
  if (options.json) return write(`${jsonText({ id, from: folder, ...rebuilt }, 2)}\n`)
  await write(`${printable(rebuilt.folder)}: ${spanWords(rebuilt)}.\n`)
}

function spanWords({ ended, open }: Rebuilt): string {
  const spans = `${ended + open} spans`
  return open === 0 ? spans : `${spans}, ${open} of them without an end`
}
