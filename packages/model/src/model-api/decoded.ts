/** Decodes a part of a path, if its escapes are valid. */
export function decoded(model: string): string {
  try {
    return decodeURIComponent(model)
  } catch {
    return model
  }
}
