import {
  type ComparedExchanges,
  commonLength,
  type Difference,
  jsonText,
  lineRuns,
  type Message,
  type RequestComparison,
} from '@tacho/reader'
import { messageLine, messageLines } from '../conversation/message-lines.js'
import { cutTo } from '../display-width.js'
import { outputWidth } from '../output.js'
import { printable } from '../printable.js'
import { byteCount } from '../quantities.js'
import { styled } from '../style.js'
import { placeWords } from './place-words.js'

/** Describes how one request differs from another. */
export function exchangeLines({ before, after, comparison, body }: ComparedExchanges): string[] {
  const title = `from exchange ${before.number} to exchange ${after.number}`
  const lines = differenceLines(comparison)
  return [
    styled('heading', title),
    ...(lines.length > 0 ? lines : ['the model was given the same']),
    '',
    bodyLine(body),
  ]
}

/** Returns the lines for all parts in which two requests differ, messages last. */
export function differenceLines(comparison: RequestComparison): string[] {
  const { model, parameters, tools, areToolsReordered, instructions, messages } = comparison
  return [
    ...(model === undefined ? [] : changeLines('model', model)),
    ...parameters.flatMap((one) => changeLines(`parameter ${one.name}`, one)),
    ...tools.flatMap((one) => changeLines(`tool ${one.name}`, one)),
    ...(areToolsReordered ? [styled('warning', '~ tools: the same in another order')] : []),
    ...instructions.flatMap((one) => changeLines(`instructions ${one.number ?? ''}`.trim(), one)),
    ...messages.flatMap((run, index) => runLines(run, messages[index + 1], messages[index - 1])),
  ]
}

const MARKS = { added: '+', removed: '-', changed: '~' } as const
const STYLES = { added: 'good', removed: 'bad', changed: 'warning' } as const

function changeLines(
  what: string,
  { change, before = '', after = '', common }: Difference,
): string[] {
  const title = styled(STYLES[change], printable(`${MARKS[change]} ${what}`))
  const members = change === 'changed' ? changedMembers(before, after) : undefined
  if (members !== undefined) return [title, ...members]
  if (change === 'added') return [`${title}  ${excerpt(after, 0)}`]
  if (change === 'removed') return [`${title}  ${excerpt(before, 0)}`]
  return [
    `${title}, from character ${common + 1}`,
    styled('bad', `    - ${excerpt(before, common)}`),
    styled('good', `    + ${excerpt(after, common)}`),
  ]
}

// For an object, its changed members: some agents write them in a different order each time.
function changedMembers(before: string, after: string): string[] | undefined {
  const [one, two] = [membersOf(before), membersOf(after)]
  if (one === undefined || two === undefined) return undefined
  const names = [...new Set([...one.keys(), ...two.keys()])]
  const changed = names.filter((name) => one.get(name) !== two.get(name))
  if (changed.length === 0) return [styled('quiet', '    the same members in another order')]
  return changed.flatMap((name) => {
    const [was, is] = [one.get(name), two.get(name)]
    const at = commonLength(was ?? '', is ?? '')
    const key = printable(name)
    return [
      ...(was === undefined ? [] : [styled('bad', `    - ${key}: ${excerpt(was, at)}`)]),
      ...(is === undefined ? [] : [styled('good', `    + ${key}: ${excerpt(is, at)}`)]),
    ]
  })
}

function membersOf(json: string): Map<string, string> | undefined {
  const value: unknown = JSON.parse(json)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return new Map(Object.entries(value).map(([name, member]) => [name, jsonText(member)]))
}

/** Returns a part of a JSON text around the first differing character. */
function excerpt(text: string, at: number): string {
  const from = Math.max(0, at - 40)
  const piece = printable(`${from > 0 ? '…' : ''}${text.slice(from, from + 400)}`)
  return cutTo(piece, Math.min(outputWidth() - 6, 160))
}

type Run = RequestComparison['messages'][number]

function runLines(run: Run, next: Run | undefined, last: Run | undefined): string[] {
  const count = run.messages.length
  if (run.in === 'both') {
    const { before = 1, after = 1 } = run
    const words = count === 1 ? `message ${before}` : `messages ${before}-${before + count - 1}`
    const moved = before === after ? '' : `, now from ${after} on`
    return [styled('quiet', `  ${words} the same${moved}`)]
  }
  // A message that replaces one with the same role counts as that one changed.
  if (run.in === 'before' && isReplaced(run, next)) return []
  if (run.in === 'after' && last !== undefined && isReplaced(last, run)) {
    return run.messages.flatMap((message, index) => {
      const number = (run.after ?? 1) + index
      return replacedLines(last.messages[index] as Message, message, number)
    })
  }
  const [mark, style] = run.in === 'after' ? (['+', 'good'] as const) : (['-', 'bad'] as const)
  return run.messages.flatMap((message, index) => {
    const number = (run[run.in as 'before' | 'after'] ?? 1) + index
    const start = styled(style, `${mark} message ${number}`)
    if (run.in === 'before') return [`${start}  ${messageLine(message, outputWidth() - 16)}`]
    const [title = '', ...lines] = messageLines(message, '      ')
    return [`${start}  ${title}`, ...lines]
  })
}

function isReplaced(run: Run, next: Run | undefined): boolean {
  if (run.in !== 'before' || next?.in !== 'after') return false
  if (run.messages.length !== next.messages.length) return false
  return run.messages.every(({ role }, index) => role === next.messages[index]?.role)
}

function replacedLines(before: Message, after: Message, number: number): string[] {
  const [one, two] = [before, after].map((message) => messageLines(message, '').slice(1).join('\n'))
  return [
    `${styled('warning', `~ message ${number}`)}  ${styled('heading', printable(after.role))}`,
    ...lineRuns(one ?? '', two ?? '').flatMap(({ in: side, lines }) => {
      if (side === 'both') return around(lines)
      const [mark, style] = side === 'after' ? (['+', 'good'] as const) : (['-', 'bad'] as const)
      return lines.map((line) => styled(style, `    ${mark} ${line}`))
    }),
  ]
}

// Unchanged lines: those next to a change.
function around(lines: readonly string[]): string[] {
  const shown = lines.length <= 4 ? lines : [...lines.slice(0, 2), '…', ...lines.slice(-2)]
  return shown.map((line) => styled('quiet', `      ${line}`))
}

function bodyLine({ common, before, after, place }: ComparedExchanges['body']): string {
  const sizes = `${byteCount(before)} and ${byteCount(after)}`
  if (place === undefined) return `bodies: the same ${byteCount(before)}`
  return `bodies: ${sizes}, the first ${common} bytes the same; then ${printable(placeWords(place))}`
}
