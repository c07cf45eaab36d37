/** The value where it is a text that is not empty. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The value where it is an object, else an empty one. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

/** The value where it is a list, else an empty one. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** What of the values are texts. */
export function texts(values: readonly unknown[]): string[] {
  return values.flatMap((value) => text(value) ?? [])
}

/** The value where it is a number. */
export function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
