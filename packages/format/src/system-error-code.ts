/**
 * The system's name of an error (`ENOSPC`). Node knows no name for some of them (a disk quota that is
 * used up is `Unknown system error -122`): those are named by their numbers.
 *
 * @param numbers the system's numbers by their names: `os.constants.errno`.
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
