import { compareRequests, type Difference } from '@tacho/model'
import { conversationReader, jsonText, ReaderError } from '@tacho/reader'
import type { ComparisonAnswer } from '../../api/answers.js'
import { answerJson } from '../answer.js'
import { type Asked, NotFound } from '../routes.js'
import { exchangeNumbered, readerIn, sessionNamed } from './named.js'
import { cut } from './shown-messages.js'

/** How the request of an exchange differs from another one, of this session or another. */
export async function answerComparison(asked: Asked): Promise<void> {
  const { session, reader, exchange } = readerIn(asked)
  const { otherSession = '', otherNumber = '' } = asked.words
  const other = sessionNamed(asked, otherSession)
  const otherReader = other.folder === session.folder ? reader : conversationReader(other.folder)
  const otherExchange = exchangeNumbered(otherReader.index, otherNumber)
  const names = {
    before: { session: session.id, number: exchange.number },
    after: { session: other.id, number: otherExchange.number },
  }
  try {
    const before = reader.given(exchange).request
    const after = otherReader.given(otherExchange).request
    await answerJson(asked.response, {
      ...names,
      parts: partsOf(before, after),
    } satisfies ComparisonAnswer)
  } catch (cause) {
    if (cause instanceof ReaderError) throw new NotFound(cause.message)
    throw cause
  }
}

type Part = ComparisonAnswer['parts'][number]

function partsOf(...requests: Parameters<typeof compareRequests>): Part[] {
  const comparison = compareRequests(...requests)
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
