/**
 * Formats a value as JSON; one that is nested too deeply for that is reported as such, because
 * nothing can show it.
 */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch (cause) {
    if (cause instanceof RangeError) return '"[nested too deeply]"'
    throw cause
  }
}
