import { homedir } from 'node:os'
import { styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'cyan' | 'red'

/** A line of the demo on stdout. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`)
}

/** What comes next. */
export function heading(text: string): void {
  say(`\n${styled('bold', text)}\n`)
}

/** A command line, as it is typed. */
export function command(line: string): string {
  return `${styled('dim', '$')} ${styled('cyan', line)}`
}

/** Coloured on a terminal only; NO_COLOR and FORCE_COLOR are respected. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { validateStream: true, stream: process.stdout })
}

/** A text cut to the width of the terminal; to 100 columns in a pipe. */
export function cut(text: string, taken = 0): string {
  const width = (process.stdout.columns || 100) - taken
  // What was recorded can hold anything: nothing of it may steer the terminal.
  const harmless = text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·')
  return harmless.length <= width ? harmless : `${harmless.slice(0, Math.max(0, width - 1))}…`
}

/** A path as a user would type it. */
export function typed(path: string): string {
  const home = homedir()
  const short = path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
  return /^[\w~./-]+$/.test(short) ? short : `'${path.replaceAll("'", "'\\''")}'`
}
