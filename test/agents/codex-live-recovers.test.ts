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
])('what is refused by %i %s', async (status, _, headers) => {
  const { collector, delivered, log } = await sessionRefusedOnce(status, headers)
  expect(delivered).toEqual(expect.arrayContaining(collector.refused))
  expect(log).not.toContain(`HTTP ${status}`)
})

test('what is refused for good is not sent again, and is told of', async () => {
  const { collector, delivered, live, log } = await sessionRefusedOnce(500, {})
  const later = [...collector.taken, ...delivered]
  expect(later.filter((id) => collector.refused.includes(id))).toEqual([])
  expect(live?.reason).toContain('HTTP 500')
  expect(log).toContain('HTTP 500')
})

/**
 * The session lasts until the fate of its first batch is known. Whether the last one still arrives
 * differs between runs; that its fate is known does not.
 */
async function sessionRefusedOnce(status: number, headers: Record<string, string>) {
  const collector = await refusingOnce(status, headers)
  await using place = await workplace(
    [CALL, { text: 'two three', deltas: 2, holdAfter: 3 }],
    sentTo(collector),
  )
  const running = place.startTacho(TURN, { stdin: '' })
  await eventually(() => {
    const session = place.session()
    if (status === 500) expect(session.log).toContain('HTTP 500')
    else expect(session.names()).toContain('session_export.log')
  })
  place.model.release()
  expect((await running.ended).exitCode).toBe(0)
  const session = place.session()
  const lines = session.names().includes('session_export.log')
    ? (session.lines('session_export.log') as DeliveredRecord[])
    : []
  const delivered = lines.flatMap(({ spanIds }) => spanIds)
  expect(new Set(delivered).size).toBe(delivered.length)
  expect(collector.taken).toEqual(expect.arrayContaining(delivered))
  const [live] = session.manifest.runs[0]?.live ?? []
  const undelivered = session.spans.length - delivered.length
  expect(live).toMatchObject({ delivered: delivered.length, undelivered })
  return { collector, delivered, live, log: session.log }
}

function sentTo({ url }: { url: string }) {
  return {
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
  }
}

/** A collector that refuses its first request and accepts all others. */
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
