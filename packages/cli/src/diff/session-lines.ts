import type { ComparedSessions, SessionStep } from '@tacho/reader'
import { cutTo } from '../display-width.js'
import { outputWidth } from '../output.js'
import { printable } from '../printable.js'
import { styled } from '../style.js'
import { differenceLines } from './exchange-lines.js'

/** Describes where two sessions diverge. */
export function sessionLines(
  { shared, steps, parted, start }: ComparedSessions,
  ids: readonly [string, string],
): string[] {
  const begins = start === undefined ? [] : differenceLines({ ...start, messages: [] })
  const [one, other] = parted
  return [
    ...(begins.length === 0 ? [] : [styled('heading', 'they start with'), ...begins, '']),
    styled('heading', verdict(shared, one, other)),
    ...parted.flatMap((step, index) => {
      const id = printable(ids[index] ?? '')
      const all = `${steps[index]} steps`
      if (step === undefined) return [`  ${id}  ends here, after ${all}`]
      return [`  ${id}  step ${shared + 1} of ${all}, exchange ${step.exchange}`, stepLine(step)]
    }),
  ]
}

function verdict(shared: number, one?: SessionStep, other?: SessionStep): string {
  const same = shared === 1 ? '1 step is' : `${shared} steps are`
  if (one === undefined && other === undefined) return `all ${same} the same, prose set aside`
  return `${same} the same, prose set aside; then they part`
}

function stepLine({ kind, name, text }: SessionStep): string {
  const title = { user: 'user', call: 'calls', result: 'result' }[kind]
  const words = [title, name, text.replaceAll(/\s+/g, ' ')].filter((word) => word !== undefined)
  return cutTo(`    ${printable(words.join(' '))}`, Math.min(outputWidth(), 400))
}
