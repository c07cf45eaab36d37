/**
 * A text as Unicode: half a surrogate pair, which JSON's escapes can hold and UTF-8 cannot, is the
 * replacement character. Many readers of JSON refuse a line with half a pair (DuckDB, protojson,
 * Python's json_format).
 */
export function wellFormed(text: string): string {
  return text.toWellFormed()
}

/**
 * JSON that `JSON.stringify` made, as JSON that everybody reads. A pair stands in it as it is; half
 * of one is written as an escape, and becomes the replacement character.
 */
export function wellFormedJson(json: string): string {
  if (!json.includes('\\ud')) return json
  // An escaped backslash is taken first: what follows it is text.
  return json.replace(/\\(?:\\|ud[89a-f][0-9a-f]{2})/g, (part) =>
    part === '\\\\' ? part : '\ufffd',
  )
}
