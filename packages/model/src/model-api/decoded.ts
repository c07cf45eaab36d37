/** A part of a path, without its escapes where they are some. */
export function decoded(model: string): string {
  try {
    return decodeURIComponent(model)
  } catch {
    return model
  }
}
