import type { Damage } from '@tacho/reader'
import { printable } from './printable.js'

/** Describes damage: the file, the line, the offset, and why. */
export function damageWords({ file, line, byte, lines, reason }: Damage): string {
  if (line === undefined) return `${printable(file)}: ${printable(reason)}`
  const where = lines > 1 ? `${lines} lines from line ${line} on` : `line ${line}`
  return `${printable(file)}, ${where}, byte ${byte}: ${printable(reason)}`
}
