/** A value as JSON. One that is nested too deeply for that is told as such: it can be shown by no one. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch (cause) {
    if (cause instanceof RangeError) return '"[nested too deeply]"'
    throw cause
  }
}
