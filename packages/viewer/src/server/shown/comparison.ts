import { compareRequests, type Difference, type ModelRequest } from '@tacho/model'
import { jsonText } from '@tacho/reader'
import type { ComparisonAnswer } from '../../api/answers.js'
import { cut } from './messages.js'

type Part = ComparisonAnswer['parts'][number]

/** Returns the parts in which two requests differ, the earlier one first. */
export function shownComparison(before: ModelRequest, after: ModelRequest): Part[] {
  const comparison = compareRequests(before, after)
  const { model, parameters, tools, instructions, messages } = comparison
  return [...(model === undefined ? [] : [model]), ...parameters, ...tools, ...instructions]
    .map(partOf)
    .concat(
      messages.map((run): Part => {
        const number = run.after ?? run.before ?? 1
        const last = number + run.messages.length - 1
        const name = run.messages.length === 1 ? `${number}` : `${number} to ${last}`
        const text = cut(run.messages.map(({ value }) => jsonText(value)).join('\n')).text
        if (run.in === 'both') return { kind: 'messages', name, change: 'same' }
        if (run.in === 'before') return { kind: 'messages', name, change: 'removed', before: text }
        return { kind: 'messages', name, change: 'added', after: text }
      }),
    )
}

function partOf({ kind, change, name, number, before, after }: Difference): Part {
  return {
    kind,
    change,
    name: name ?? (number === undefined ? '' : `${number}`),
    ...(before !== undefined && { before: cut(before).text }),
    ...(after !== undefined && { after: cut(after).text }),
  }
}
