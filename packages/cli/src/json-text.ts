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

/**
 * Formats an object like {@link jsonText} with an indent of 2, in pieces: a member that is iterable
 * is a list of which one item is held at a time.
 */
export function* jsonPieces(members: Record<string, unknown>): Generator<string> {
  let separator = '{\n  '
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue
    yield `${separator}${JSON.stringify(name)}: `
    separator = ',\n  '
    if (isIterable(value)) yield* listPieces(value)
    else yield indented(value, '  ')
  }
  yield '\n}'
}

function* listPieces(items: Iterable<unknown>): Generator<string> {
  let separator = '[\n    '
  let isEmpty = true
  for (const item of items) {
    yield separator + indented(item, '    ')
    separator = ',\n    '
    isEmpty = false
  }
  yield isEmpty ? '[]' : '\n  ]'
}

// JSON.stringify escapes the newlines in strings: the others are its own.
function indented(value: unknown, indent: string): string {
  return jsonText(value, 2).replaceAll('\n', `\n${indent}`)
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}

/** Makes JSON text, or a piece of it that splits no character, safe on a terminal. */
export function visibleJson(text: string): string {
  return wellFormedJson(wellFormed(text)).replace(UNSEEN, (characters) =>
    [...Array(characters.length).keys()]
      .map((index) => `\\u${characters.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

// The newlines are only indentation: in strings JSON.stringify has escaped them.
const UNSEEN = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu
