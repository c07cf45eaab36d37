import { encodeScrubbed, type Scrubbed } from '@tacho/scrub'
import Transport from 'winston-transport'
import type { AppendFile } from '../append-file.js'

/** What winston's formats make of a log line: the text is under this symbol. */
const MESSAGE = Symbol.for('message')

/** A line to log, with the file that it belongs to. */
export type RoutedLine = { [MESSAGE]?: Scrubbed; file?: AppendFile }

/**
 * A winston transport that appends each line with one `write(2)`. winston's own file transport
 * loses every line of a killed process and swallows the errors of the disk.
 */
export class AppendFileTransport extends Transport {
  override log(line: RoutedLine, next: () => void): void {
    line.file?.append(encodeScrubbed(`${line[MESSAGE] ?? ''}\n` as Scrubbed), 'log-line')
    next()
  }
}
