import { createHash } from 'node:crypto'
import { get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { bytesOf } from '@tacho/format'
import { expect, test } from 'vitest'
import { tapBetween } from './tap-between.js'

const LINES = 400_000

/** Each has its own text, so that no byte of one can pass for a byte of another. */
function answerOf(name: string): Buffer {
  return Buffer.from(Array.from({ length: LINES }, (_, at) => `data: ${name} ${at}\n\n`).join(''))
}

test('answers side by side, to agents that pause, are passed on and recorded as they were', async () => {
  const answers = new Map(['a', 'b', 'c', 'd'].map((name) => [name, answerOf(name)]))
  const between = await tapBetween((asked, response) => {
    const [name = '', framing] = (asked.url ?? '').slice('/v1/'.length).split('-')
    const answer = answers.get(name) ?? Buffer.alloc(0)
    if (framing === 'sized') response.setHeader('content-length', answer.length)
    if (framing === 'closed') response.setHeader('connection', 'close')
    for (let at = 0; at < answer.length; at += 50_000)
      response.write(answer.subarray(at, at + 50_000))
    response.end()
  })
  const asked = ['a-sized', 'b-chunked', 'c-closed', 'd-chunked']
  const sums = await Promise.all(asked.map((path) => sumOf(`${between.baseUrl}/${path}`)))
  const expected = asked.map(([name = '']) => sha256(answers.get(name)))
  expect(sums).toEqual(expected)
  const { ends, raw } = await between.recorded()
  expect(ends.map(({ responseSha256 }) => responseSha256).sort()).toEqual(expected.toSorted())
  const chunks = raw.filter((record) => record.kind === 'chunk')
  for (const { exchange, responseSha256 } of ends) {
    const own = chunks.filter((chunk) => chunk.exchange === exchange)
    expect(sha256(Buffer.concat(own.map(({ content }) => bytesOf(content))))).toBe(responseSha256)
  }
  await between.close()
})

/** What an agent receives that pauses now and then. */
function sumOf(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, async (response) => {
      const hash = createHash('sha256')
      let count = 0
      for await (const bytes of response) {
        hash.update(bytes)
        count += 1
        if (count % 20 === 0) await pause(2)
      }
      resolve(hash.digest('hex'))
    }).on('error', reject)
  })
}

function sha256(bytes: Buffer | undefined): string {
  return createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')
}
