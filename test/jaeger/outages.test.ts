import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TracesData } from '@tacho/format'
import { afterAll, describe, expect, test } from 'vitest'
import { eventually } from '../host/index.js'
import { complaints, figure, startCollector } from './collector.js'
import { startJaeger } from './jaeger.js'
import { linesOf, newTraceId, post, spanOf, traceOf } from './spans.js'
import { plainSpans, traceIn, traceWith } from './trace.js'

describe.concurrent('what the Collector has answered for arrives', () => {
  test('where Jaeger was down when it started', async () => {
    await using jaeger = await startJaeger({ isDown: true })
    await using collector = await startCollector({ jaeger: jaeger.grpcEndpoint })
    const { traceId, line } = traceOf(300)
    expect(await post(collector, line)).toBe(200)
    await jaeger.service.start()
    expect(await traceWith(jaeger, traceId, 300)).toEqual(plainSpans(line))
  })

  test('where Jaeger is killed in the middle and comes back', async () => {
    await using jaeger = await startJaeger({ isDurable: true })
    await using collector = await startCollector({ jaeger: jaeger.grpcEndpoint })
    const sent = new Sent()
    for (let batch = 0; batch < 5; batch += 1) await sent.post(collector)
    await traceWith(jaeger, sent.traceId, 1)
    const killed = jaeger.service.kill()
    for (let batch = 0; batch < 5; batch += 1) await sent.post(collector)
    await killed
    for (let batch = 0; batch < 5; batch += 1) await sent.post(collector)
    await jaeger.service.start()
    for (let batch = 0; batch < 5; batch += 1) await sent.post(collector)
    expect(await traceWith(jaeger, sent.traceId, 1_000)).toEqual(plainSpans(sent.line))
  })

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    test(`where the Collector ends by ${signal} with all of it in its queue, three times`, async () => {
      await using jaeger = await startJaeger({ isDown: true })
      await using collector = await startCollector({ jaeger: jaeger.grpcEndpoint })
      const sent = new Sent()
      for (let life = 0; life < 3; life += 1) {
        for (let batch = 0; batch < 5; batch += 1) await sent.post(collector)
        await collector.service.kill(signal)
        await collector.service.start()
      }
      await jaeger.service.start()
      expect(await traceWith(jaeger, sent.traceId, 750)).toEqual(plainSpans(sent.line))
    })
  }

  test('where sampling holds the rest, also with the Collector killed right away', async () => {
    await using jaeger = await startJaeger()
    const environment = { TACHO_SAMPLING_PERCENTAGE: '50', TACHO_SAMPLING_WAIT: '1h' }
    await using collector = await startCollector({ jaeger: jaeger.grpcEndpoint, environment })
    const { traceId, line } = traceOf(10, (index) =>
      index === 4 ? { name: 'cancellation' } : index === 5 ? { name: 'approval command' } : {},
    )
    expect(await post(collector, line)).toBe(200)
    await collector.service.kill()
    await collector.service.start()
    const names = (await traceWith(jaeger, traceId, 3)).map(({ name }) => name)
    expect(names.sort()).toEqual(['approval command', 'cancellation', 'session'])
  })
})

const OWN_MOUNTS = process.getuid?.() === 0 ? ['unshare', '-m'] : ['unshare', '-rm']

describe('a Collector whose disk is full', () => {
  const disk = mkdtempSync(join(tmpdir(), 'tacho-disk-'))
  afterAll(() => rmSync(disk, { recursive: true }))

  test('says so, refuses what it cannot keep, and loses nothing of what it took', async () => {
    const [program = '', ...args] = [...OWN_MOUNTS, 'true']
    expect(spawnSync(program, args).status, 'This test mounts a small disk: run it as root.').toBe(
      0,
    )
    await using jaeger = await startJaeger({ isDown: true })
    await using collector = await startCollector({
      jaeger: jaeger.grpcEndpoint,
      environment: { TACHO_COLLECTOR_STATE: disk },
      under: [
        ...OWN_MOUNTS,
        ...['sh', '-c', `mount -t tmpfs -o size=2m tmpfs '${disk}' && exec "$@"`, 'sh'],
      ],
    })
    const [taken, refused] = [new Sent(), new Sent()]
    await eventually(async () => {
      const line = taken.next('x'.repeat(2_000))
      const status = await post(collector, line)
      if (status === 200) taken.keep(line)
      expect(status).toBe(503)
    })
    expect(await refused.post(collector, 'x'.repeat(2_000))).toBe(503)
    expect(complaints(collector).join('\n')).toContain('no space left on device')
    expect(await figure(collector, 'otelcol_exporter_enqueue_failed_spans_total')).toBe(100)

    await jaeger.service.start()
    await traceWith(jaeger, taken.traceId, taken.count)
    expect(await traceIn(jaeger, taken.traceId)).toEqual(plainSpans(taken.line))
    expect(await traceIn(jaeger, refused.traceId)).toEqual([])
    // Once there is room again, it accepts spans again.
    expect(await refused.post(collector)).toBe(200)
  })
})

/** One trace, sent in requests of 50 spans. */
class Sent {
  readonly traceId = newTraceId()
  readonly line: TracesData = { resourceSpans: [] }
  count = 0

  next(text = ''): TracesData {
    const { traceId } = this
    return linesOf(Array.from({ length: 50 }, () => spanOf({ traceId, attributes: { text } })))
  }

  keep(line: TracesData): void {
    this.line.resourceSpans.push(...line.resourceSpans)
    this.count += 50
  }

  /** Sends more of it. @returns the response's status. */
  async post(collector: { httpEndpoint: string }, text?: string): Promise<number> {
    const line = this.next(text)
    const status = await post(collector, line)
    if (status === 200) this.keep(line)
    return status
  }
}
