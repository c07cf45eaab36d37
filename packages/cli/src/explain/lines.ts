import { type Evidence, type ToldExplanation, verdictOf } from '@tacho/reader'
import { cutTo } from '../display-width.js'
import { printable } from '../printable.js'
import { duration } from '../quantities.js'
import { type Style, styled } from '../style.js'

type Cause = ToldExplanation['causes'][number]

/**
 * Describes an explanation: the verdict first, its evidence, what to do; then other trouble, and
 * what was in flight.
 */
export function explanationLines(explanation: ToldExplanation, width: number): string[] {
  const { session, end, causes, notes, inFlight, endsMissing } = explanation
  const [main, ...others] = causes
  const lines = [styled(styleOf(explanation), printable(verdictOf(explanation)))]
  if (main !== undefined) lines.push(...aboutMain(main, width))
  else lines.push(...evidenceLines(end.evidence, width))
  lines.push('', `session ${printable(session.id)}`)
  // If that is a cause, its sentence is there.
  const isCause = causes.some(({ sentence }) => sentence === end.sentence)
  const how = main === undefined || isCause ? '' : `: ${printable(end.sentence)}`
  lines.push(`  ended  ${end.code}${how}`)
  if (others.length > 0) lines.push('', styled('heading', 'also'))
  for (const cause of others) {
    lines.push(`  ${headOf(cause)}`, ...evidenceLines(cause.evidence, width, '    '))
  }
  if (inFlight.length > 0) {
    lines.push(
      '',
      styled('heading', session.ended === 'running' ? 'in flight' : 'in flight when it ended'),
    )
    for (const { kind, number, what, waitsFor, forMs } of inFlight) {
      const behind = waitsFor === undefined ? '' : ' waiting for an answer'
      const name = number === undefined ? `${kind}${behind}` : `${kind} ${number}`
      lines.push(`  ${cut(`${name}, ${duration(forMs)}: ${printable(what)}`, width - 2)}`)
    }
  }
  if (endsMissing.length > 0)
    lines.push('', styled('heading', 'ended, but the end is missing from the record'))
  for (const { exchange, what } of endsMissing)
    lines.push(`  ${cut(`exchange ${exchange}: ${printable(what)}`, width - 2)}`)
  if (notes.length > 0) lines.push('', styled('heading', 'also worth knowing'))
  for (const cause of notes) lines.push(`  ${headOf(cause)}`)
  return lines
}

function aboutMain(main: Cause, width: number): string[] {
  const sure = main.certainty === 'certain' ? '' : `, ${main.certainty}`
  return [
    styled('quiet', `${main.code}${sure}`),
    '',
    ...evidenceLines(main.evidence, width),
    ...(main.evidence.length > 0 ? [''] : []),
    `${styled('heading', 'next')}  ${printable(main.next)}`,
  ]
}

function headOf({ code, certainty, sentence }: Cause): string {
  const sure = certainty === 'certain' ? '' : ` (${certainty})`
  return `${styled('warning', code)}${sure}  ${printable(sentence)}`
}

function evidenceLines(evidence: readonly Evidence[], width: number, indent = '  '): string[] {
  const places = evidence.map(({ file, line }) => `${printable(file)}:${line}`)
  const widest = Math.max(0, ...places.map((place) => place.length))
  return evidence.map(({ text }, index) => {
    const place = (places[index] ?? '').padEnd(widest)
    return `${indent}${styled('quiet', place)}  ${cut(printable(text), width - indent.length - widest - 2)}`
  })
}

/** If the width is unknown, as in a pipe, lines are not cut. */
function cut(text: string, width: number): string {
  return Number.isFinite(width) ? cutTo(text, Math.max(20, width)) : text
}

function styleOf({ end, causes }: ToldExplanation): Style {
  if (causes.length > 0) return causes[0]?.weight === 'end' ? 'bad' : 'warning'
  return end.code === 'clean' ? 'good' : 'busy'
}
