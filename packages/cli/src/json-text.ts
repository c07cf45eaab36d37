import { wellFormed, wellFormedJson } from '@tacho/format'

/**
 * A value as JSON that is safe on a terminal: characters that `JSON.stringify` leaves and that are
 * not to be seen (C1 controls, bidirectional controls, line separators) are written as escapes,
 * which mean the same. Half a surrogate pair, which many readers of JSON refuse, is the replacement
 * character.
 */
export function jsonText(value: unknown, indent?: number): string {
  return visibleJson(JSON.stringify(value, null, indent))
}

/** The same for JSON that is text already, or a piece of it that cuts no character in two. */
export function visibleJson(text: string): string {
  return wellFormedJson(wellFormed(text)).replace(UNSEEN, (characters) =>
    [...Array(characters.length).keys()]
      .map((index) => `\\u${characters.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

// Newlines are the indentation's own: within a string JSON.stringify has escaped them.
const UNSEEN = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu
