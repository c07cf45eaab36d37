import { type Salvaged, salvageSession } from '@tacho/reader'
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

type SalvageOptions = SessionOptions & { to: string; json?: boolean }

/** Adds `tacho salvage`: writes what can be read of a damaged session as a clean one. */
export function addSalvageCommand(tacho: Command): void {
  const command = tacho
    .command('salvage')
    .description('recover what is readable of a damaged session into a new folder')
    .argument(...SESSION_ARGUMENT)
    .requiredOption('--to <dir>', 'the folder to create; it must not exist')
    .option('--json', 'print one object')
    .action(salvage)
  withSessionsDir(command)
}

async function salvage(name: string, options: SalvageOptions): Promise<void> {
  const { id, folder } = sessionNamed(name, options)
  const salvaged = salvageSession(folder, options.to)
  if (options.json) return write(`${jsonText({ id, from: folder, ...salvaged }, 2)}\n`)
  await write(`${printable(salvaged.folder)}: ${salvaged.kept} records, ${lostWords(salvaged)}.\n`)
}

function lostWords({ lost }: Salvaged): string {
  if (lost === 0) return 'nothing was missing'
  return lost === 1 ? '1 line could not be read' : `${lost} lines could not be read`
}
