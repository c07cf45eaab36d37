import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logRecordsOfProtobuf } from '../../packages/launcher/dist/taps/otlp/log-records-protobuf.js'
import { type Ended, eventually } from '../host/index.js'
import { startCollector } from '../launcher/taps/otlp/collector.js'
import { execCommand, type Script } from '../scripted-model/index.js'
import { outcomeOf } from './alike.js'
import { attribute, type SessionOnDisk } from './session-on-disk.js'
import { type Workplace, workplace } from './workplace.js'

const RULES = 'prefix_rule(pattern=["rm"], decision="forbidden")\n'
const OUTPUT = 'canary-of-the-output'
const COMMAND = `echo ${OUTPUT} | rev | rev; exit 3`

const SCRIPT: Script = [
  { text: 'Two things.', calls: [execCommand(COMMAND), execCommand('true')] },
  { text: 'More.', calls: [execCommand('rm -rf nothing'), { name: 'no_tool', arguments: {} }] },
  { text: 'Done.' },
]
const TURN = ['exec', '--skip-git-repo-check', 'The canary-of-the-prompt']

describe('codex exec, which tells its decisions and tools to nobody but OTLP', () => {
  let place: Workplace
  let ended: Ended
  let session: SessionOnDisk

  beforeAll(async () => {
    place = await ruled(SCRIPT, { tables: '[otel]\nlog_user_prompt = true' })
    ended = await place.tacho(['codex', ...TURN, '--persist-session', '--debug-log'])
    session = place.session()
  })

  afterAll(() => place[Symbol.asyncDispose]())

  test('each tool call is a span of its turn, with what it was and how it ended', () => {
    const turn = session.spans.find(({ name }) => name === 'invoke_agent codex')
    const tools = spansOf(session, 'execute_tool')
    expect(tools.map((span) => [attribute(span, 'gen_ai.tool.call.id'), span.name])).toEqual([
      ['call_1_0', 'execute_tool exec_command'],
      ['call_1_1', 'execute_tool exec_command'],
      ['call_2_0', 'execute_tool exec_command'],
      ['call_2_1', 'execute_tool no_tool'],
    ])
    for (const name of ['parentSpanId', 'traceId'] as const) {
      expect(new Set(tools.map((span) => span[name])).size).toBe(1)
    }
    expect(tools[0]?.parentSpanId).toBe(turn?.spanId)
    expect(tools.map((span) => attribute(span, 'tacho.turn.id'))).toEqual(
      Array(4).fill(turn && attribute(turn, 'tacho.turn.id')),
    )
    const facts = ['tacho.tool.command', 'tacho.tool.status', 'tacho.tool.exit_code']
    expect(tools.map((span) => facts.map((name) => attribute(span, name)))).toEqual([
      [COMMAND, 'failed', 3],
      ['true', 'completed', 0],
      ['rm -rf nothing', 'declined', undefined],
      [undefined, 'failed', undefined],
    ])
  })

  test('what a rule refused is an approval under its tool; what was allowed without asking is none', () => {
    const tools = spansOf(session, 'execute_tool')
    const approvals = spansOf(session, 'approval')
    const facts = ['decision', 'decided_by', 'wait_ms'].map((name) => `tacho.approval.${name}`)
    expect(
      approvals.map((span) => [
        span.name,
        attribute(span, 'gen_ai.tool.call.id'),
        ...facts.map((name) => attribute(span, name)),
      ]),
    ).toEqual([['approval command', 'call_2_0', 'decline', 'rule', 0]])
    expect(approvals.map(({ parentSpanId }) => parentSpanId)).toEqual([tools[2]?.spanId])
    expect(attribute(approvals[0] ?? { attributes: [] }, 'tacho.approval.rationale')).toContain(
      'policy forbids commands starting with `rm`',
    )
  })

  test('spans have their times from the events, inside of their turn', () => {
    const [turn] = session.spans.filter(({ name }) => name === 'invoke_agent codex')
    for (const span of [...spansOf(session, 'execute_tool'), ...spansOf(session, 'approval')]) {
      expect(BigInt(span.startTimeUnixNano)).toBeGreaterThan(BigInt(turn?.startTimeUnixNano ?? 0))
      expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano))
      expect(BigInt(span.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(turn?.endTimeUnixNano ?? 0))
    }
  })

  test('outputs and prompts stay out of the spans and out of the lines about events', () => {
    const outsideOfCommands = session.text('session_meta.log').replaceAll(`echo ${OUTPUT}`, '')
    expect(outsideOfCommands).not.toContain(OUTPUT)
    const lines = session.log.split('\n').filter((line) => line.includes('DEBUG codex: codex.'))
    expect(lines.filter((line) => line.includes('codex.user_prompt'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('codex.tool_result'))).toHaveLength(4)
    expect(lines.join('\n')).not.toContain('canary')
  })

  test('the provider is asked for nothing more, and Codex prints and ends as it does alone', async () => {
    const urls = (one: Workplace) => one.model.exchanges.map(({ url }) => url)
    await using other = await ruled(SCRIPT)
    const alone = await other.alone(TURN)
    // The tool calls of an answer run in parallel: Codex prints first what ends first.
    const sorted = ({ stderr, ...rest }: ReturnType<typeof outcomeOf>) => ({
      ...rest,
      stderr: stderr.split('\n').sort(),
    })
    expect(sorted(outcomeOf(ended, place))).toEqual(sorted(outcomeOf(alone, other)))
    expect(urls(place)).toEqual(Array(3).fill('/v1/responses'))
    expect(urls(place)).toEqual(urls(other))
    expect(session.manifest.runs).toMatchObject([{ exchanges: { completed: 3, failed: 0 } }])
  })
})

test('a tool that runs is in flight on the disk', async () => {
  const waiting = execCommand('until [ -e go ]; do sleep 0.05; done', { yield_time_ms: 30_000 })
  await using place = await ruled([{ calls: [waiting] }, { text: 'Done.' }])
  await using tacho = place.startTacho(['codex', ...TURN, '--persist-session'], { stdin: '' })
  const started = await eventually(() => {
    const [tool] = place.session().started.filter(({ name }) => name.startsWith('execute_tool'))
    expect(tool).toBeDefined()
    return tool
  })
  expect(spansOf(place.session(), 'execute_tool')).toEqual([])
  writeFileSync(join(place.home.cwd, 'go'), '')
  expect((await tacho.ended).exitCode).toBe(0)
  const [tool, ...others] = spansOf(place.session(), 'execute_tool')
  expect([tool?.spanId, others]).toEqual([started?.spanId, []])
})

test("a user's own exporter goes on receiving every event, as he configured it", async () => {
  await using collector = await startCollector()
  const tables = `[otel]
environment = "his"
[otel.exporter.otlp-http]
endpoint = "${collector.url}/his/logs"
protocol = "binary"
headers = { "x-his-key" = "a-key-of-the-user's" }
`
  await using place = await ruled(SCRIPT, { tables })
  const ended = await place.tacho(['codex', ...TURN, '--persist-session', '--debug-log'])
  expect(ended.exitCode).toBe(0)
  for (const { path, headers } of collector.exports) {
    expect(path).toBe('/his/logs')
    expect(headers).toMatchObject({
      host: new URL(collector.url).host,
      'content-type': 'application/x-protobuf',
      'x-his-key': "a-key-of-the-user's",
    })
  }
  const session = place.session()
  const events = collector.exports.flatMap(({ body }) => logRecordsOfProtobuf(body))
  expect(events.map(({ attributes }) => attributes.get('event.name'))).toEqual(
    [...session.log.matchAll(/ DEBUG codex: (codex\.\w+)/g)].map(([, name]) => name),
  )
  expect(collector.exports.some(({ body }) => body.includes('his'))).toBe(true)
  expect(spansOf(session, 'execute_tool')).toHaveLength(4)
  expect(session.text('session.log')).not.toContain('a-key-of-the-user')
})

test('a collector of the user that is gone is told in the log, and nothing else', async () => {
  const collector = await startCollector()
  await collector[Symbol.asyncDispose]()
  const tables = `[otel.exporter.otlp-http]
endpoint = "${collector.url}/v1/logs"
protocol = "json"
`
  await using place = await ruled([{ text: 'Done.' }], { tables })
  const ended = await place.tacho(['codex', ...TURN, '--persist-session'])
  expect([ended.exitCode, ended.stdout.toString()]).toEqual([0, 'Done.\n'])
  const words = new RegExp(`exports \\(\\d+ bytes\\) did not reach ${new URL(collector.url).host}`)
  expect(place.session().log).toMatch(words)
})

test('an exporter that is switched off stays off, and the log says what is missing', async () => {
  await using place = await ruled(SCRIPT, { tables: '[otel]\nexporter = "none"' })
  const ended = await place.tacho(['codex', ...TURN, '--persist-session'])
  expect(ended.exitCode).toBe(0)
  const session = place.session()
  expect(session.log).toContain('Codex\'s log events are not recorded: otel.exporter is "none"')
  // The model's call is known all the same, but not who allowed it.
  expect(spansOf(session, 'execute_tool')).toHaveLength(4)
  expect(session.spans.filter(({ name }) => name.startsWith('approval'))).toEqual([])
})

/** A place whose Codex has rules about commands and runs them without a sandbox. */
async function ruled(script: Script, options: { tables?: string } = {}): Promise<Workplace> {
  const place = await workplace(script, { ...options, sandboxMode: 'danger-full-access' })
  mkdirSync(join(place.home.codexHome, 'rules'))
  writeFileSync(join(place.home.codexHome, 'rules/default.rules'), RULES)
  return place
}

/** The ended spans of a kind, by their call. */
function spansOf(session: SessionOnDisk, kind: string) {
  const callOf = (span: SessionOnDisk['spans'][number]) =>
    String(attribute(span, 'gen_ai.tool.call.id'))
  return session.spans
    .filter(({ name }) => name.startsWith(`${kind} `))
    .sort((one, other) => callOf(one).localeCompare(callOf(other)))
}
