/** A JSON object from outside: nothing is known about it. */
export type Json = Readonly<Record<string, unknown>>

/**
 * Parses a JSON object; undefined if the text is not one, such as the `[DONE]` of Chat Completions.
 */
export function objectOf(text: string): Json | undefined {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Returns a member that is an object, or an empty object. */
export function objectAt(json: Json, key: string): Json {
  return asObject(json[key]) ?? {}
}

/** Returns the elements of a member that are objects; empty if it is not a list. */
export function objectsAt(json: Json, key: string): Json[] {
  const value = json[key]
  return Array.isArray(value) ? value.map(asObject).filter((one) => one !== undefined) : []
}

export function textAt(json: Json, key: string): string | undefined {
  const value = json[key]
  return typeof value === 'string' ? value : undefined
}

export function numberAt(json: Json, key: string): number | undefined {
  const value = json[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/**
 * Returns a value that is an object. A list counts as one; reading a member by name then finds
 * none.
 */
export function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as Json) : undefined
}
