import type { Command } from 'commander'
import { addHarExport } from '../export/har.js'
import { addHtmlExport } from '../export/html.js'
import { addOtlpExport } from '../export/otlp.js'
import { addParquetExport } from '../export/parquet.js'
import { addPerfettoExport } from '../export/perfetto.js'
import { addShareExport } from '../export/share.js'

/**
 * Adds `tacho export`: sends sessions to a collector, or writes them in the formats of other tools.
 */
export function addExportCommand(tacho: Command): void {
  const command = tacho
    .command('export')
    .description('send sessions to a collector, or write them in the formats of other tools')
    .helpOption('-h, --help', 'print help')
  addOtlpExport(command)
  addPerfettoExport(command)
  addHarExport(command)
  addParquetExport(command)
  addHtmlExport(command)
  addShareExport(command)
}
