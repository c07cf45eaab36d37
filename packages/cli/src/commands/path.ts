import type { Command } from 'commander'
import { write } from '../output.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'

/** Adds `tacho path`: the folder of a session, for other programs. */
export function addPathCommand(tacho: Command): void {
  const command = tacho
    .command('path')
    .description('print the folder of a session')
    .argument('[session]', SESSION_ARGUMENT[1], 'last')
    .action(async (name: string, options: SessionOptions) => {
      await write(`${sessionNamed(name, options).folder}\n`)
    })
  withSessionsDir(command)
}
