/** Returns the value if it is a non-empty string. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Returns the value if it is an object, else an empty one. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

/** Returns the value if it is a list, else an empty one. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** Returns the values that are strings. */
export function texts(values: readonly unknown[]): string[] {
  return values.flatMap((value) => text(value) ?? [])
}

/** Returns the value if it is a number. */
export function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
