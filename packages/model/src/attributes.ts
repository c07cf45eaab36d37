/** The attributes of a span: what OpenTelemetry's API takes. */
export type Attributes = Record<string, string | number | boolean | string[]>

/**
 * What is kept of a text in a span's attribute: bodies are in the raw log. Tempo cuts at 2,048 bytes,
 * Jaeger's queries at 4 MiB a trace.
 */
export const ATTRIBUTE_CHARACTERS = 1024

/** Of a text, as much as an attribute holds; never half of a surrogate pair, which is no Unicode. */
export function cut(text: string, characters = ATTRIBUTE_CHARACTERS): string {
  if (text.length <= characters) return text
  const last = text.charCodeAt(characters - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? characters - 1 : characters)
}

type Loose = Record<string, string | number | boolean | readonly string[] | undefined>

/** Attributes without those that are not known; each text is cut. */
export function known(attributes: Loose): Attributes {
  const all: Attributes = {}
  // Called for each observation: lists of pairs would be half of its time.
  for (const name in attributes) {
    const value = attributes[name]
    if (value === undefined) continue
    if (typeof value === 'string') all[name] = cut(value)
    else all[name] = typeof value === 'object' ? value.map((one) => cut(one)) : value
  }
  return all
}
