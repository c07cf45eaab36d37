import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { networkOf } from '../../../../packages/launcher/dist/network/network.js'
import { Peers } from '../../../../packages/launcher/dist/network/peer.js'
import { Forwarder } from '../../../../packages/launcher/dist/taps/otlp/forwarder.js'
import { FORWARD_BYTES } from '../../../../packages/launcher/dist/taps/otlp/limits.js'
import { OtlpReceiver } from '../../../../packages/launcher/dist/taps/otlp/otlp-receiver.js'
import { eventually } from '../../../host/index.js'
import { startCollector } from './collector.js'
import { jsonExport } from './otlp-export.js'

const LONG = 20_000

const peers = new Peers()

afterAll(() => peers.close())

test('an export goes on with its headers and every byte, also one that cannot be read', async () => {
  await using collector = await startCollector()
  const forwarder = forwarderTo(`${collector.url}/own/path?key=1`)
  const receiver = await OtlpReceiver.start({ peers, onLogs() {}, forwarders: { logs: forwarder } })
  const bodies = [jsonExport([]), gzipSync(jsonExport([])), Buffer.from('garbage \xff')]
  for (const [index, body] of bodies.entries()) {
    await fetch(receiver.endpoint('logs'), {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        ...(index === 1 && { 'content-encoding': 'gzip' }),
        'x-key': `the user's own ${index}`,
        'user-agent': 'codex',
      },
    })
  }
  await receiver.close()
  expect(await forwarder.close(LONG)).toBeUndefined()
  expect(collector.exports.map(({ body }) => body)).toEqual(bodies)
  expect(collector.exports.map(({ path }) => path)).toEqual(Array(3).fill('/own/path?key=1'))
  expect(collector.exports[1]?.headers).toMatchObject({
    host: new URL(collector.url).host,
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    'x-key': "the user's own 1",
    'user-agent': 'codex',
  })
})

test('spans and metrics are taken where they go on, and are no logs', async () => {
  await using collector = await startCollector()
  const [traces, metrics] = ['traces', 'metrics'].map((one) =>
    forwarderTo(`${collector.url}/${one}`),
  )
  let records = 0
  const receiver = await OtlpReceiver.start({
    peers,
    onLogs: () => {
      records += 1
    },
    forwarders: { ...(traces && { traces }), ...(metrics && { metrics }) },
  })
  for (const signal of ['traces', 'metrics'] as const) {
    const headers = { 'content-type': 'application/x-protobuf' }
    const answer = await fetch(receiver.endpoint(signal), { method: 'POST', body: signal, headers })
    expect(answer.status).toBe(200)
  }
  await receiver.close()
  await Promise.all([traces?.close(LONG), metrics?.close(LONG)])
  expect(collector.exports.map(({ path, body }) => [path, body.toString()]).sort()).toEqual([
    ['/metrics', 'metrics'],
    ['/traces', 'traces'],
  ])
  expect(records).toBe(0)
})

test('the agent is answered while the collector keeps it waiting', async () => {
  await using collector = await startCollector({ isHeld: true })
  const forwarder = forwarderTo(collector.url)
  const receiver = await OtlpReceiver.start({ peers, onLogs() {}, forwarders: { logs: forwarder } })
  const send = () =>
    fetch(receiver.endpoint('logs'), {
      method: 'POST',
      body: jsonExport([]),
      headers: { 'content-type': 'application/json' },
    })
  expect([(await send()).status, (await send()).status]).toEqual([200, 200])
  await eventually(() => expect(collector.exports).toHaveLength(1))
  collector.release()
  await receiver.close()
  expect(await forwarder.close(LONG)).toBeUndefined()
  expect(collector.exports).toHaveLength(2)
})

describe('what does not arrive is counted, with the first reason', () => {
  for (const [what, status, reason] of [
    ['a collector that answers 500', 500, 'answered 500'],
    ['a collector that answers 401', 401, 'answered 401'],
    ['a collector that sends elsewhere', 307, 'answered 307'],
  ] as const) {
    test(what, async () => {
      await using collector = await startCollector({ status })
      const forwarder = forwarderTo(collector.url)
      forwarder.send({ headers: [], body: Buffer.alloc(10) })
      forwarder.send({ headers: [], body: Buffer.alloc(5) })
      const lost = await forwarder.close(LONG)
      expect(lost).toMatchObject({ exports: 2, bytes: 15 })
      expect(lost?.reason).toContain(reason)
      expect(collector.exports).toHaveLength(2)
    })
  }

  test('a collector that is gone', async () => {
    const collector = await startCollector()
    await collector[Symbol.asyncDispose]()
    const forwarder = forwarderTo(collector.url)
    forwarder.send({ headers: [], body: Buffer.alloc(10) })
    const lost = await forwarder.close(LONG)
    expect(lost).toMatchObject({ exports: 1, bytes: 10 })
    expect(lost?.reason).toContain('ECONNREFUSED')
  })

  test('a collector that never answers', async () => {
    await using collector = await startCollector({ isHeld: true })
    const forwarder = new Forwarder({
      endpoint: new URL(collector.url),
      network: networkOf({}, { certificateVariable: 'CODEX_CA_CERTIFICATE' }),
      timeout: 1,
    })
    forwarder.send({ headers: [], body: Buffer.alloc(10) })
    expect(await forwarder.close(LONG)).toMatchObject({ exports: 1, bytes: 10 })
  })

  test('a run that is over', async () => {
    await using collector = await startCollector({ isHeld: true })
    const forwarder = forwarderTo(collector.url)
    for (const size of [10, 20]) forwarder.send({ headers: [], body: Buffer.alloc(size) })
    const lost = { exports: 2, bytes: 30, reason: 'the run was over' }
    expect(await forwarder.close(1)).toEqual(lost)
  })

  test(`more than ${FORWARD_BYTES} bytes that wait`, async () => {
    await using collector = await startCollector({ isHeld: true })
    const forwarder = forwarderTo(collector.url)
    forwarder.send({ headers: [], body: Buffer.alloc(FORWARD_BYTES) })
    forwarder.send({ headers: [], body: Buffer.alloc(1) })
    collector.release()
    expect(await forwarder.close(LONG)).toMatchObject({ exports: 1, bytes: 1 })
    expect(collector.exports.map(({ body }) => body.length)).toEqual([FORWARD_BYTES])
  })
})

function forwarderTo(url: string): Forwarder {
  return new Forwarder({
    endpoint: new URL(url),
    network: networkOf({}, { certificateVariable: 'CODEX_CA_CERTIFICATE' }),
  })
}
