import { harArchive, perfettoTrace } from '@tacho/reader'
import type { Command } from 'commander'
import { addExportOtlpCommand } from '../export/otlp.js'
import { addExportParquetCommand } from '../export/parquet.js'
import { addTextForm } from '../export/text-file.js'
import { tachoVersion } from '../version.js'

/** `tacho export`: sessions sent to other programs, or written in their forms. */
export function addExportCommand(tacho: Command): void {
  const command = tacho
    .command('export')
    .description('send sessions to other programs, or write them in their forms')
  addExportOtlpCommand(command)
  addTextForm(command, {
    name: 'perfetto',
    description: 'write a session as a trace for Perfetto: approvals, streams and tools as tracks',
    ending: '.perfetto.json',
    next: 'Open it at https://ui.perfetto.dev, which reads it in the browser and sends it nowhere.',
    text: perfettoTrace,
  })
  addTextForm(command, {
    name: 'har',
    description: "write a session's exchanges as an HTTP Archive, with their bodies",
    ending: '.har',
    next: "Open it in a browser's developer tools: Network, Import HAR file.",
    text: (session) => harArchive(session, tachoVersion()),
  })
  addExportParquetCommand(command)
}
