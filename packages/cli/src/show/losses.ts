import type { Session } from '@tacho/reader'
import { damageWords } from '../damage-words.js'
import { printable } from '../printable.js'
import { byteCount, localTime } from '../quantities.js'
import { styled } from '../style.js'

/**
 * Returns the lines below the time line: what is missing in the recording, and why; none if nothing
 * is.
 */
export function lossLines({ gaps, runs, damage, manifest }: Session): string[] {
  const gapLines = gaps.map((gap) => {
    const when = localTime(gap.since) ?? printable(gap.since)
    return `${countsOf(gap.lost)} lost since ${when}, ${byteCount(gap.bytes)}: ${printable(gap.reason)}`
  })
  const runLines = runs.flatMap(({ lost }, index) =>
    lost === undefined || Object.keys(lost).length === 0
      ? []
      : [`run ${index + 1} lost ${countsOf(lost)} in all`],
  )
  const faultLines = runs.flatMap(({ faults }, index) =>
    faults === undefined || Object.keys(faults).length === 0
      ? []
      : [`run ${index + 1} could not read ${countsOf(faults)}: recorded, and not understood`],
  )
  const rest =
    manifest === undefined ? ['without its manifest, what is shown is from the logs'] : []
  return [
    ...section('gaps', [...gapLines, ...runLines]),
    ...section('faults', faultLines),
    ...section('damage', damage.length === 0 ? rest : [...damage.map(damageWords), ...rest]),
  ]
}

function section(title: string, lines: string[]): string[] {
  if (lines.length === 0) return []
  return ['', styled('warning', title), ...lines.map((line) => `  ${line}`)]
}

function countsOf(lost: Record<string, number>): string {
  return Object.entries(lost)
    .map(([kind, count]) => `${count} ${printable(kind)}`)
    .join(', ')
}
