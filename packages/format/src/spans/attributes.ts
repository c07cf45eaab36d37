import { wellFormed } from '../well-formed.js'

/** The attributes of a span: what OpenTelemetry's API takes. */
export type Attributes = Record<string, string | number | boolean | string[]>

/**
 * Adds attributes to others, and gives these back. Where objects of many forms are spread into new
 * ones, V8 makes a hidden class for each: that was a third of the time of reading a session.
 */
export function withAttributes(attributes: Attributes, more: Readonly<Attributes>): Attributes {
  for (const name of Object.keys(more)) {
    const value = more[name]
    if (value !== undefined) attributes[name] = value
  }
  return attributes
}

/**
 * What is kept of a text in a span's attribute: bodies are in the raw log. Tempo cuts at 2,048 bytes,
 * Jaeger's queries at 4 MiB a trace.
 */
export const ATTRIBUTE_CHARACTERS = 1024

/** Of a text, as much as an attribute holds, as Unicode. */
export function cut(text: string, characters = ATTRIBUTE_CHARACTERS): string {
  if (text.length <= characters) return wellFormed(text)
  const last = text.charCodeAt(characters - 1)
  const isPair = last >= 0xd800 && last <= 0xdbff
  return wellFormed(text.slice(0, isPair ? characters - 1 : characters))
}
