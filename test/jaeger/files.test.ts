import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SessionOnDisk } from '../agents/session-on-disk.js'
import { EXEC, type Workplace, workplace } from '../agents/workplace.js'
import { execCommand } from '../scripted-model/index.js'
import { type Collector, complaints, figure, startCollector } from './collector.js'
import { type Jaeger, startJaeger } from './jaeger.js'
import { linesOf, newTraceId, spanOf } from './spans.js'
import { plainSpans, spansInFile, traceWith } from './trace.js'

// A session of the real Codex, whose file the Collector reads unchanged.
let place: Workplace
let session: SessionOnDisk
let sessions: string
let jaeger: Jaeger
let collector: Collector

beforeAll(async () => {
  place = await workplace([
    { text: 'Looking.', calls: [execCommand('echo one | tee one.txt; ls missing.txt')] },
    { text: 'Done.' },
  ])
  await place.tacho(['codex', ...EXEC, 'Write a file', '--persist-session'])
  session = place.session()
  sessions = mkdtempSync(join(tmpdir(), 'tacho-read-'))
  cpSync(session.folder, join(sessions, session.id), { recursive: true })
  jaeger = await startJaeger()
  collector = await startCollector({
    jaeger: jaeger.grpcEndpoint,
    environment: { TACHO_COLLECTOR_READS: sessions },
  })
})
afterAll(async () => {
  await collector?.[Symbol.asyncDispose]()
  await jaeger?.[Symbol.asyncDispose]()
  await place?.[Symbol.asyncDispose]()
  if (sessions !== undefined) rmSync(sessions, { recursive: true })
})

test('every span of a recorded session arrives in Jaeger as it is in the file', async () => {
  const inFile = spansInFile(session)
  const traceId = session.id.replaceAll('-', '')
  expect(inFile.map(({ name }) => name).sort()).toEqual(
    expect.arrayContaining(['session', 'invoke_agent codex', 'chat gpt-5.5']),
  )
  expect(await traceWith(jaeger, traceId, inFile.length)).toEqual(inFile)
})

test('lines of started spans and a torn tail pass without a word', async () => {
  const folder = join(sessions, '0199a1b2-c3d4-7e5f-8a9b-000000000001')
  const traceId = newTraceId()
  const span = spanOf({ traceId, name: 'session' })
  const { endTimeUnixNano, status, ...started } = span
  mkdirSync(folder)
  const file = join(folder, SESSION_FILES.meta)
  appendFileSync(file, `${JSON.stringify({ started })}\n${JSON.stringify(linesOf([span]))}\n`)
  // Cut in the middle by a crash: it never gets its newline.
  appendFileSync(file, JSON.stringify(linesOf([spanOf({ traceId })])).slice(0, -20))
  expect(await traceWith(jaeger, traceId, 1)).toEqual(plainSpans(linesOf([span])))
  expect(complaints(collector)).toEqual([])
})

test('what is appended to a file arrives, and nothing arrives again after a restart', async () => {
  const folder = join(sessions, '0199a1b2-c3d4-7e5f-8a9b-000000000002')
  const traceId = newTraceId()
  const [first, second] = [spanOf({ traceId, name: 'session' }), spanOf({ traceId })]
  mkdirSync(folder)
  const file = join(folder, SESSION_FILES.meta)
  appendFileSync(file, `${JSON.stringify(linesOf([first]))}\n`)
  await traceWith(jaeger, traceId, 1)
  await collector.service.kill('SIGTERM')
  appendFileSync(file, `${JSON.stringify(linesOf([second]))}\n`)
  await collector.service.start()
  expect(await traceWith(jaeger, traceId, 2)).toEqual(plainSpans(linesOf([first, second])))
  // Of everything in the folder, it sent that one span.
  expect(await figure(collector, 'otelcol_exporter_sent_spans_total')).toBe(1)
})
