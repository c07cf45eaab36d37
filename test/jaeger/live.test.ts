import { describe, expect, test } from 'vitest'
import type { SessionOnDisk } from '../agents/session-on-disk.js'
import { startTachoToKill } from '../agents/tacho-to-kill.js'
import { EXEC, type Workplace, workplace } from '../agents/workplace.js'
import { eventually } from '../host/index.js'
import { type Answer, execCommand, type Script, type Step } from '../scripted-model/index.js'
import { startCollector } from './collector.js'
import { type Jaeger, startJaeger } from './jaeger.js'
import { type PlainSpan, spansOnDisk, traceIn, traceWith, withoutLists } from './trace.js'

const CALL = { text: 'One moment.', calls: [execCommand('echo one | tee one.txt; ls missing.txt')] }
const TURN = ['codex', ...EXEC, '--persist-session', 'Write a file']

describe('a session of the real Codex, recorded live', () => {
  for (const protocol of ['http/protobuf', 'http/json', 'grpc'] as const) {
    test(`arrives in Jaeger over ${protocol} while it runs; exported afterwards, it is the same trace`, async () => {
      await using jaeger = await startJaeger()
      const environment = sentTo(jaeger, protocol)
      await using place = await workplace(
        heardLive(jaeger, () => place),
        { environment },
      )
      expect((await place.tacho(TURN)).exitCode).toBe(0)
      const session = place.session()
      const live = await wholeTrace(place, jaeger)
      expect(live).toEqual(spansOnDisk(session))
      expect(new Set(live.map(({ name }) => name))).toEqual(
        new Set([
          ...['session', 'invoke_agent codex', 'chat gpt-5.5', 'POST'],
          'execute_tool exec_command',
        ]),
      )

      await using fresh = await startJaeger()
      const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint = '' } = sentTo(fresh, protocol)
      const sent = await exported(place, ['--endpoint', endpoint, '--protocol', protocol])
      expect(sent).toMatchObject({ sent: live.length, alreadyThere: 0, refused: 0 })
      expect(await traceOf(session, fresh)).toEqual(live)
    })
  }

  test('arrives whole through the Collector', async () => {
    await using jaeger = await startJaeger()
    await using collector = await startCollector({ jaeger: jaeger.grpcEndpoint })
    await using place = await workplace(
      heardLive(jaeger, () => place),
      { environment: sentTo(collector) },
    )
    await place.tacho(TURN)
    expect(await wholeTrace(place, jaeger)).toEqual(spansOnDisk(place.session()))
  })

  test('is found at the address that tacho show prints', async () => {
    await using jaeger = await startJaeger()
    await using place = await workplace(
      heardLive(jaeger, () => place),
      { environment: { ...sentTo(jaeger), TACHO_JAEGER_URL: jaeger.url } },
    )
    await place.tacho(TURN)
    await wholeTrace(place, jaeger)
    const shown = (await place.tacho(['show', 'last'])).stdout.toString()
    const [, address = ''] = /^ +trace +(\S+)$/m.exec(shown) ?? []
    expect((await fetch(address)).status).toBe(200)
    const traceId = address.slice(address.lastIndexOf('/') + 1)
    expect(traceId).toBe(place.session().id.replaceAll('-', ''))
    const found = await fetch(`${jaeger.url}/api/traces?service=codex`)
    const { data } = (await found.json()) as { data: { traceID: string }[] }
    expect(data.map(({ traceID }) => traceID)).toEqual([traceId])
  })
})

describe('what was not delivered live is sent afterwards, and Jaeger has each span once', () => {
  test('where nobody listened at the start', async () => {
    await using jaeger = await startJaeger({ isDown: true })
    const script = [CALL, first(() => jaeger.service.start(), CALL), { text: 'Done.' }]
    await using place = await workplace(script, { environment: sentTo(jaeger) })
    expect((await place.tacho(TURN)).exitCode).toBe(0)
    await expectAllOnce(place, jaeger)
  })

  test('where Jaeger was killed in the middle and came back', async () => {
    // In files, so that what it accepted before it was killed is still there.
    await using jaeger = await startJaeger({ isDurable: true })
    const script = [
      CALL,
      first(() => jaeger.service.kill(), CALL),
      CALL,
      first(() => jaeger.service.start(), CALL),
      { text: 'Done.' },
    ]
    await using place = await workplace(script, { environment: sentTo(jaeger) })
    expect((await place.tacho(TURN)).exitCode).toBe(0)
    await expectAllOnce(place, jaeger)
  })

  test('where the Collector was killed in the middle and came back', async () => {
    await using jaeger = await startJaeger()
    await using collector = await startCollector({ jaeger: jaeger.grpcEndpoint })
    const script = [
      CALL,
      first(() => collector.service.kill(), CALL),
      CALL,
      first(() => collector.service.start(), CALL),
      { text: 'Done.' },
    ]
    await using place = await workplace(script, { environment: sentTo(collector) })
    expect((await place.tacho(TURN)).exitCode).toBe(0)
    await expectAllOnce(place, jaeger)
  })
})

test('what was open when Tacho was killed arrives in Jaeger as interrupted', async () => {
  await using jaeger = await startJaeger()
  const script: Script = [CALL, { text: 'two three', deltas: 2, holdAfter: 3 }]
  await using place = await workplace(script, { environment: sentTo(jaeger) })
  const tacho = startTachoToKill(place, TURN)
  await eventually(() => expect(place.session().exchanges).toHaveLength(2))
  await tacho.kill()
  const session = place.session()
  const ended = new Set(session.spans.map(({ spanId }) => spanId))
  const open = session.started.filter(({ spanId }) => !ended.has(spanId)).length
  expect(open).toBeGreaterThan(0)
  await exported(place)
  const all = ended.size + open
  const spans = await traceWith(jaeger, session.id.replaceAll('-', ''), all)
  expect(spans).toHaveLength(all)
  const interrupted = spans.filter(({ attributes }) => attributes['tacho.interrupted'] === true)
  expect(interrupted).toHaveLength(open)
  expect(interrupted.map(({ name }) => name)).toContain('session')
})

/** A turn whose model gives its last answer only after Jaeger has received the first spans. */
function heardLive(jaeger: Jaeger, place: () => Workplace): Script {
  const isThere = async () => {
    const spans = await traceWith(jaeger, place().session().id.replaceAll('-', ''), 2)
    expect(spans.map(({ name }) => name)).toContain('chat gpt-5.5')
  }
  return [CALL, first(() => eventually(isThere), { text: 'Done.' })]
}

/** Something to do before the model answers: the agent waits for it. */
function first(work: () => Promise<void>, answer: Answer): Step {
  return async () => {
    await work()
    return answer
  }
}

/** The variables that make a recording export to a Jaeger or a Collector. */
function sentTo(
  { httpEndpoint, grpcEndpoint }: { httpEndpoint: string; grpcEndpoint: string },
  protocol = 'http/protobuf',
): Record<string, string> {
  const endpoint = protocol === 'grpc' ? `http://${grpcEndpoint}` : httpEndpoint
  return { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }
}

type Exported = { sent: number; alreadyThere: number; refused: number }

async function exported(place: Workplace, options: readonly string[] = []): Promise<Exported> {
  const ended = await place.tacho(['export', 'otlp', 'last', '--json', ...options])
  expect([ended.exitCode, ended.stderr.toString()]).toEqual([0, ''])
  const [only] = JSON.parse(ended.stdout.toString()) as Exported[]
  if (only === undefined) throw new Error('tacho export otlp told of no session.')
  return only
}

function traceOf(session: SessionOnDisk, jaeger: Jaeger): Promise<PlainSpan[]> {
  return traceWith(jaeger, session.id.replaceAll('-', ''), session.spans.length)
}

/**
 * The trace once it is complete. The last export has 250 ms, which a busy machine may use up: the
 * manifest says how much was left, and that is sent afterwards.
 */
async function wholeTrace(place: Workplace, jaeger: Jaeger): Promise<PlainSpan[]> {
  const session = place.session()
  const undelivered = session.manifest.runs[0]?.live?.[0]?.undelivered
  expect(undelivered).toBeLessThan(session.spans.length)
  if (undelivered !== 0) expect((await exported(place)).sent).toBe(undelivered)
  return traceOf(session, jaeger)
}

async function expectAllOnce(place: Workplace, jaeger: Jaeger): Promise<void> {
  const session = place.session()
  const { sent, alreadyThere } = await exported(place)
  expect(sent + alreadyThere).toBe(session.spans.length)
  await traceOf(session, jaeger)
  expect(await exported(place)).toMatchObject({ sent: 0, alreadyThere: session.spans.length })
  const arrived = await traceIn(jaeger, session.id.replaceAll('-', ''))
  expect(withoutLists(arrived)).toEqual(withoutLists(spansOnDisk(session)))
}
