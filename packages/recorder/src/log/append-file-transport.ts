import { encodeScrubbed, type Scrubbed } from '@tacho/scrub'
import Transport from 'winston-transport'
import type { AppendFile } from '../append-file.js'

/** winston's formats store a log line's text under this symbol. */
const MESSAGE = Symbol.for('message')

/** A line to log, and the file that it goes to. */
export type RoutedLine = { [MESSAGE]?: Scrubbed; file?: AppendFile }

/**
 * A winston transport that appends each line with one `write(2)`. winston's own file transport
 * loses every line of a killed process, and swallows disk errors.
 */
export class AppendFileTransport extends Transport {
  override log(line: RoutedLine, next: () => void): void {
    line.file?.append(encodeScrubbed(`${line[MESSAGE] ?? ''}\n` as Scrubbed), 'log-line')
    next()
  }
}
