/**
 * Returns the system's name of an error (`ENOSPC`). Node has no name for some (an exhausted disk
 * quota is `Unknown system error -122`); those are looked up by number.
 *
 * @param numbers the system's error numbers by name: `os.constants.errno`.
 */
export function systemErrorCode(
  error: unknown,
  numbers: Readonly<Record<string, number>>,
): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, errno } = error as { code?: unknown; errno?: unknown }
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code) && code !== 'UNKNOWN') return code
  if (typeof errno !== 'number') return typeof code === 'string' ? code : undefined
  const name = Object.keys(numbers).find((one) => numbers[one] === Math.abs(errno))
  return name ?? (typeof code === 'string' ? code : undefined)
}
