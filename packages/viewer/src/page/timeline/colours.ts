import type { Item, Tone } from '../session/story.js'

/** The colours of the style sheet, for a canvas. */
export type Colours = Record<
  Tone | 'text' | 'faint' | 'line' | 'ground' | 'accent' | 'fold',
  string
>

const NAMES: readonly (keyof Colours)[] = [
  'good',
  'bad',
  'cut',
  'open',
  'waiting',
  'plain',
  'text',
  'faint',
  'line',
  'ground',
  'accent',
  'fold',
]

export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element)
  return Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || '#888']),
  ) as Colours
}

export function colourOf({ tone }: Pick<Item, 'tone'>, colours: Colours): string {
  return colours[tone]
}
