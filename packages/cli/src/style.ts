import { styleText } from 'node:util'

/** What a text is, which decides its colour. */
export type Style = 'heading' | 'quiet' | 'good' | 'bad' | 'warning' | 'busy'

/**
 * A text in the colour of what it is, if stdout is a terminal; `NO_COLOR` and `FORCE_COLOR` say
 * otherwise (https://no-color.org, https://force-color.org).
 */
export function styled(style: Style, text: string): string {
  return styleText(FORMATS[style], text, { validateStream: true, stream: process.stdout })
}

const FORMATS = {
  heading: 'bold',
  quiet: 'dim',
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  busy: 'cyan',
} as const
