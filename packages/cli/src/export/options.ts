import type { Command } from 'commander'
import { type SessionOptions, withSessionsDir } from '../session-options.js'

/** The options of an export to one file. */
export type FileExportOptions = SessionOptions & { output?: string; force?: boolean }

/** Adds what every export to one file has. */
export function withOutput(command: Command, extension: string): Command {
  command
    .option('-o, --output <file>', `the file to write (default: <id>.${extension}); - is stdout`)
    .option('-f, --force', 'replace an existing file')
  return withSessionsDir(command)
}
