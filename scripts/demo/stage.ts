import { homedir } from 'node:os'
import { styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'cyan' | 'red'

/** Writes a line of the demo to stdout. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`)
}

/** Announces the next step. */
export function heading(text: string): void {
  say(`\n${styled('bold', text)}\n`)
}

/** Prints a command line as a user would type it. */
export function command(line: string): string {
  return `${styled('dim', '$')} ${styled('cyan', line)}`
}

/** Colour only on a terminal; NO_COLOR and FORCE_COLOR are respected. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { validateStream: true, stream: process.stdout })
}

/** Cuts a text to the width of the terminal, or to 100 columns in a pipe. */
export function cut(text: string, taken = 0): string {
  const width = (process.stdout.columns || 100) - taken
  // A recording can contain anything: none of it may control the terminal.
  const harmless = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·')
  return harmless.length <= width ? harmless : `${harmless.slice(0, Math.max(0, width - 1))}…`
}

/** A path as a user would type it. */
export function typed(path: string): string {
  const home = homedir()
  const short = path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
  return /^[\w~./-]+$/.test(short) ? short : `'${path.replaceAll("'", "'\\''")}'`
}
