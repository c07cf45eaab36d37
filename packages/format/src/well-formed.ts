const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/**
 * A text as Unicode: half a surrogate pair, which JSON's escapes can hold and UTF-8 cannot, is the
 * replacement character. Many readers of JSON refuse a line with half a pair.
 */
export function wellFormed(text: string): string {
  return text.replace(LONE, '\ufffd')
}
