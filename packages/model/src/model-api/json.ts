/** A JSON object from outside: nothing about it is known. */
export type Json = Readonly<Record<string, unknown>>

/** The JSON object that a text is, or nothing: Chat Completions ends with `[DONE]`. */
export function objectOf(text: string): Json | undefined {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** A member that is an object, or an empty one. */
export function objectAt(json: Json, key: string): Json {
  return asObject(json[key]) ?? {}
}

/** Those of a member's elements that are objects; none where it is no list. */
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

/** A value as an object, where it is one; a list is an object to those who name no member of it. */
export function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as Json) : undefined
}
