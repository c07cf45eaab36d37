import { styleText } from 'node:util'

/** The meaning of a text, which decides its colour. */
export type Style = 'heading' | 'quiet' | 'good' | 'bad' | 'warning' | 'busy'

/**
 * Colours a text by its meaning if stdout is a terminal, unless `NO_COLOR` or `FORCE_COLOR` say
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
