import type { Command } from 'commander'
import { addExportOtlpCommand } from '../export/otlp.js'

/** `tacho export`: sessions in the forms of other programs. */
export function addExportCommand(tacho: Command): void {
  const command = tacho
    .command('export')
    .description('send sessions to other programs, or write them in their forms')
  addExportOtlpCommand(command)
}
