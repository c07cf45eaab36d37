/**
 * Makes a text valid Unicode: a lone surrogate, which JSON's escapes can hold and UTF-8 cannot,
 * becomes the replacement character. Many JSON readers reject lone surrogates (DuckDB, protojson,
 * Python's json_format).
 */
export function wellFormed(text: string): string {
  return text.toWellFormed()
}

/**
 * Makes the output of `JSON.stringify` readable by every JSON reader. It writes a surrogate pair
 * verbatim and a lone surrogate as an escape, which becomes the replacement character.
 */
export function wellFormedJson(json: string): string {
  if (!json.includes('\\ud')) return json
  // Matches an escaped backslash first: what follows it is text.
  return json.replace(/\\(?:\\|ud[89a-f][0-9a-f]{2})/g, (part) =>
    part === '\\\\' ? part : '\ufffd',
  )
}
