import type { EndRecord, ExchangeRecord, RequestBodyRecord, ResponseRecord } from '@tacho/format'
import { lengthOf } from '@tacho/format'
import { exchangeRecords } from '@tacho/reader'
import type { ExchangeAnswer } from '../../api/answers.js'
import { answerJson } from '../answer.js'
import type { Asked } from '../routes.js'
import { exchangeIn } from './named.js'

/** The heads of an exchange, and when its chunks came. */
export async function answerExchange(asked: Asked): Promise<void> {
  const { session, exchange } = exchangeIn(asked)
  let begin: ExchangeRecord | undefined
  let body: RequestBodyRecord | undefined
  let response: ResponseRecord | undefined
  let end: EndRecord | undefined
  const chunks: [number, number][] = []
  for (const record of exchangeRecords(session.folder, exchange, () => undefined)) {
    if (record.kind === 'exchange') begin = record
    else if (record.kind === 'request-body') body = record
    else if (record.kind === 'response') response = record
    else if (record.kind === 'end') end = record
    else if (record.kind === 'chunk') chunks.push([record.at, lengthOf(record.content)])
  }
  await answerJson(asked.response, {
    number: exchange.number,
    request: {
      headers: begin?.headers ?? [],
      ...(body !== undefined && { bytes: body.bytes, sentAt: body.at }),
    },
    ...(response !== undefined && {
      response: {
        status: response.status,
        statusText: response.statusText,
        headers: response.headers,
        ...(end?.trailers !== undefined && { trailers: end.trailers }),
      },
    }),
    chunks,
    ...(end?.error !== undefined && { error: end.error }),
  } satisfies ExchangeAnswer)
}
