import { wellFormed, wellFormedJson } from '@tacho/format'

/**
 * Formats a value as JSON that is safe on a terminal: invisible characters that `JSON.stringify`
 * leaves (C1 controls, bidirectional controls, line separators) are written as escapes, which mean
 * the same. Half a surrogate pair, which many JSON parsers reject, becomes the replacement
 * character.
 */
export function jsonText(value: unknown, indent?: number): string {
  return visibleJson(JSON.stringify(value, null, indent))
}

/** The same for JSON text, or a piece of it that splits no character. */
export function visibleJson(text: string): string {
  return wellFormedJson(wellFormed(text)).replace(UNSEEN, (characters) =>
    [...Array(characters.length).keys()]
      .map((index) => `\\u${characters.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

// The newlines are only indentation: in strings JSON.stringify has escaped them.
const UNSEEN = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu
