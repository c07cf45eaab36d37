import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { SubAgents } from '../../../../packages/launcher/dist/agents/gemini/sub-agents.js'

const folder = mkdtempSync(join(tmpdir(), 'tacho-sub-agents-'))
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name))
})

const filesOf = () => readdirSync(folder).map((name) => join(folder, name))
const text = (said: string) => [{ text: said }]
let writes = 0

function write(agent: string, ...lines: object[]): void {
  const file = join(folder, `${agent}.jsonl`)
  appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  // Each is written later than the one before, however coarse the file system's clock.
  writes += 1
  utimesSync(file, writes, writes)
}

function begin(agent: string, task: string): void {
  write(
    agent,
    { sessionId: agent, kind: 'subagent' },
    { id: '1', type: 'user', content: text(task) },
  )
}

const ANSWERED = [{ parts: [{ functionCall: { name: 'glob' } }], role: 'model' }]

function request(said: string, later: object[] = []): Buffer {
  const contents = [{ parts: text(said), role: 'user' }, ...later]
  return Buffer.from(JSON.stringify({ contents, tools: [] }))
}

test('a request is of the sub-agent whose transcript begins as it does', () => {
  const subAgents = new SubAgents(filesOf)
  const of = (body: Buffer) => subAgents.of('session', body)
  expect(of(request('Read é'))).toBe(undefined)
  begin('a', 'Read é')
  begin('b', 'Read é too')
  expect(of(request('Read é'))).toBe('a')
  expect(of(request('Read é too'))).toBe('b')
  expect(of(request('Read é', ANSWERED))).toBe('a')
  expect(of(request('Read'))).toBe(undefined)
  expect(subAgents.of('session', undefined)).toBe(undefined)
  expect(of(Buffer.from('not JSON'))).toBe(undefined)
  // As with a Google login.
  const wrapped = `{"model":"m","request":${request('Read é too')}}`
  expect(of(Buffer.from(wrapped))).toBe('b')
})

test('of those that were told the same, each begins once; then it is the one that has just written', () => {
  const subAgents = new SubAgents(filesOf)
  const of = (body: Buffer) => subAgents.of('session', body)
  begin('a', 'Read')
  begin('b', 'Read')
  expect([of(request('Read')), of(request('Read'))].sort()).toEqual(['a', 'b'])
  write('a', { id: '2', type: 'user', content: [{ functionResponse: {} }] })
  expect(of(request('Read', ANSWERED))).toBe('a')
  write('b', { id: '2', type: 'user', content: [{ functionResponse: {} }] })
  expect(of(request('Read', ANSWERED))).toBe('b')
})

const called = (id: string) => [
  { parts: [{ functionCall: { id, name: 'glob' } }], role: 'model' },
  { parts: [{ functionResponse: { id, name: 'glob' } }], role: 'user' },
]
const calls = (id: string) => ({ id: '2', type: 'gemini', toolCalls: [{ id, name: 'glob' }] })

test('of those that were told the same, one whose call is not in the request does not make it', () => {
  const subAgents = new SubAgents(filesOf)
  for (const agent of ['a', 'b']) begin(agent, 'Read')
  // The transcript of the one that asks does not have its call yet.
  write('a', calls('call_1'))
  expect(subAgents.of('session', request('Read', called('call_2')))).toBe('b')
})

test('of those that were told the same, the one whose call is in the request makes it', () => {
  const subAgents = new SubAgents(filesOf)
  for (const agent of ['a', 'b']) begin(agent, 'Read')
  write('a', calls('glob__call_1'))
  write('b', calls('call_2'))
  for (const [id, agent] of [
    ['call_1', 'a'],
    ['call_2', 'b'],
    ['call_1', 'a'],
  ] as const)
    expect(subAgents.of('session', request('Read', called(id)))).toBe(agent)
})

test('of those that were told the same, the one whose answer had the call makes it, before any is written', () => {
  const subAgents = new SubAgents(filesOf)
  for (const agent of ['a', 'b']) begin(agent, 'Read')
  const [first, second] = [request('Read'), request('Read')].map((body) =>
    subAgents.of('session', body),
  )
  subAgents.noteCall(first, 'call_1')
  subAgents.noteCall(second, 'call_2')
  subAgents.noteCall('of the user', 'call_3')
  for (const [id, agent] of [
    ['call_1', first],
    ['call_2', second],
  ] as const)
    expect(subAgents.of('session', request('Read', called(id)))).toBe(agent)
})

test('after a compaction its requests begin with the summary', () => {
  const subAgents = new SubAgents(filesOf)
  begin('a', 'Read')
  expect(subAgents.of('session', request('Read'))).toBe('a')
  write('a', { $set: { messages: [{ id: '3', type: 'user', content: text('In short') }] } })
  expect(subAgents.of('session', request('In short', ANSWERED))).toBe('a')
  expect(subAgents.of('session', request('Read'))).toBe(undefined)
})

test('a pipe in the place of a transcript is passed over, and nobody waits for it', () => {
  const subAgents = new SubAgents(filesOf)
  execFileSync('mkfifo', [join(folder, 'a.jsonl')])
  begin('b', 'Read')
  expect(subAgents.of('session', request('Read'))).toBe('b')
})

test('of a long message its beginning is enough; a torn or foreign line is passed over', () => {
  const subAgents = new SubAgents(filesOf)
  const long = `${'Read '.repeat(20_000)}é`
  write('a', { sessionId: 'a' })
  appendFileSync(join(folder, 'a.jsonl'), 'not JSON\nnull\n\n{"id":"1","type":"us')
  expect(subAgents.of('session', request(long))).toBe(undefined)
  appendFileSync(
    join(folder, 'a.jsonl'),
    `er"}\nnot JSON\n{"id":"2","type":"user","content":${JSON.stringify(text(long))}}\n{"$set":{"messages":[null]}}\n`,
  )
  expect(subAgents.of('session', request(long).subarray(0, 64 * 1024))).toBe('a')
  expect(subAgents.of('session', request(`${long}!`))).toBe(undefined)
})
