import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DeliveredRecord, TracesData } from '@tacho/format'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../host/index.js'
import { execCommand } from '../scripted-model/index.js'
import { EXEC, workplace } from './workplace.js'

const CALL = { text: 'One moment.', calls: [execCommand('true')] }
const TURN = ['codex', ...EXEC, '--persist-session', 'Go']

test.each([
  [429, 'is sent again when it may be', { 'retry-after': '1' }],
  [503, 'is sent again', {}],
])('what is refused by %i %s, and all has arrived, once', async (status, _, headers) => {
  const collector = await refusingOnce(status, headers)
  await using place = await workplace(
    [CALL, { text: 'two three', deltas: 2, holdAfter: 3 }],
    sentTo(collector),
  )
  const running = place.startTacho(TURN, { stdin: '' })
  await eventually(() => expect(collector.taken.length).toBeGreaterThan(0))
  place.model.release()
  expect((await running.ended).exitCode).toBe(0)
  const session = place.session()
  const ids = session.spans.map(({ spanId }) => spanId).sort()
  expect([...collector.taken].sort()).toEqual(ids)
  expect(session.manifest.runs[0]?.live).toMatchObject([{ delivered: ids.length, undelivered: 0 }])
})

test('what is refused for good is known by its name, and the rest arrives', async () => {
  const collector = await refusingOnce(500, {})
  await using place = await workplace(
    [CALL, { text: 'two three', deltas: 2, holdAfter: 3 }],
    sentTo(collector),
  )
  const running = place.startTacho(TURN, { stdin: '' })
  await eventually(() => expect(collector.refused.length).toBeGreaterThan(0))
  place.model.release()
  expect((await running.ended).exitCode).toBe(0)
  const session = place.session()
  const delivered = session.lines('session_export.log') as DeliveredRecord[]
  const names = delivered.flatMap(({ spanIds }) => spanIds)
  expect([...names].sort()).toEqual([...collector.taken].sort())
  expect([...names, ...collector.refused].sort()).toEqual(
    session.spans.map(({ spanId }) => spanId).sort(),
  )
  expect(session.manifest.runs[0]?.live).toMatchObject([
    {
      delivered: collector.taken.length,
      undelivered: collector.refused.length,
      reason: expect.stringContaining('HTTP 500'),
    },
  ])
  expect(session.log).toContain('HTTP 500')
})

function sentTo({ url }: { url: string }) {
  return {
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
  }
}

/** A collector that refuses its first request, and takes every other. */
async function refusingOnce(status: number, headers: Record<string, string>) {
  const [taken, refused]: [string[], string[]] = [[], []]
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const isFirst = refused.length === 0
    const ids = spanIdsOf(JSON.parse(Buffer.concat(chunks).toString()))
    ;(isFirst ? refused : taken).push(...ids)
    if (isFirst) response.writeHead(status, headers)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, taken, refused }
}

function spanIdsOf({ resourceSpans }: TracesData): string[] {
  return resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map(({ spanId }) => spanId)),
  )
}
