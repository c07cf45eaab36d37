import type { FoundSession, Verification } from '@tacho/reader'
import { damageWords } from '../damage-words.js'
import { printable } from '../printable.js'
import { byteCount } from '../quantities.js'
import { styled } from '../style.js'

/** Describes the result of verifying a session: one line, and one for each damage and fault. */
export function verificationLines({ id, folder }: FoundSession, result: Verification): string[] {
  const { unreadable, damage, checked, gaps, broken } = result
  if (unreadable !== undefined) {
    return [`${printable(id)}  ${styled('bad', 'unreadable')}: ${printable(unreadable)}`]
  }
  const counts = `${checked.records} records, ${checked.requestBodies} request and ${checked.responseBodies} response bodies, ${checked.events} events, ${checked.spans} spans, ${byteCount(checked.bytes)}`
  const lost = Object.entries(gaps.lost).map(([kind, count]) => `${count} ${printable(kind)}`)
  const known = lost.length > 0 ? [`  known to be lost: ${lost.join(', ')}`] : []
  const came = broken.map(
    ({ exchange, side, reason }) =>
      `  the ${side} body of exchange ${exchange} is not whole: ${printable(reason)}`,
  )
  if (damage.length === 0) {
    const state = came.length === 0 ? styled('good', 'clean') : styled('bad', 'not whole')
    return [`${printable(id)}  ${state}: ${counts}`, ...came, ...known]
  }
  return [
    `${printable(id)}  ${styled('bad', 'damaged')}: ${counts}`,
    ...damage.map((one) => `  ${damageWords(one)}`),
    ...came,
    ...known,
    `  What can be read: tacho salvage ${printable(id)} --to DIR (it leaves ${printable(folder)} as it is)`,
  ]
}
