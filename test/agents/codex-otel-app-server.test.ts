import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { execCommand, type Script } from '../scripted-model/index.js'
import { AppServerClient, type Turn } from './app-server-client.js'
import { attribute, type SessionOnDisk } from './session-on-disk.js'
import { type Workplace, workplace } from './workplace.js'

// A thread with two consecutive turns, in which rules allow, ask and forbid.
const RULES = [
  ['echo', 'allow'],
  ['touch', 'prompt'],
  ['rm', 'forbidden'],
].map(([word, decision]) => `prefix_rule(pattern=["${word}"], decision="${decision}")\n`)

const SCRIPT: Script = [
  { calls: [execCommand('echo allowed'), execCommand('touch asked'), execCommand('rm forbidden')] },
  { text: 'One.' },
  { calls: [execCommand('echo again'), execCommand('touch asked-again')] },
  { text: 'Two.' },
]

let place: Workplace
let session: SessionOnDisk
const turns: Turn[] = []

beforeAll(async () => {
  place = await workplace(SCRIPT, { sandboxMode: 'danger-full-access' })
  mkdirSync(join(place.home.codexHome, 'rules'))
  writeFileSync(join(place.home.codexHome, 'rules/default.rules'), RULES.join(''))
  await using server = place.startTacho(['codex', 'app-server', '--persist-session'])
  const client = new AppServerClient(server)
  turns.push(await client.startTurn(place.home.cwd, { approvalPolicy: 'on-request' }))
  for (const [question, decision] of [
    [1, 'accept'],
    [2, 'decline'],
  ] as const) {
    const { id } = await client.commandQuestion(question)
    client.say({ id: id ?? -1, result: { decision } })
    await client.told('turn/completed', question)
    if (question === 1) turns.push(await client.nextTurn())
  }
  await client.hangUp()
  session = place.session()
})

afterAll(() => place[Symbol.asyncDispose]())

test('what a rule refuses and what a person decides are each one approval, in the turn that asked', () => {
  const [one, two] = turns.map(({ turnId }) => turnId)
  const facts = ['tacho.approval.decision', 'tacho.approval.decided_by', 'tacho.turn.id']
  expect(
    spansOf('approval').map((span) => [
      callOf(span),
      ...facts.map((name) => attribute(span, name)),
    ]),
  ).toEqual([
    ['call_1_1', 'accept', 'user', one],
    ['call_1_2', 'decline', 'rule', one],
    ['call_3_1', 'decline', 'user', two],
  ])
})

test('a question that a person answered has its waiting time', () => {
  const [asked] = spansOf('approval')
  expect(attribute(asked ?? { attributes: [] }, 'tacho.approval.wait_ms')).toBeGreaterThan(0)
})

test('each tool is one span, in its turn, whichever tap saw it', () => {
  const [one, two] = turns.map(({ turnId }) => turnId)
  const facts = ['tacho.tool.status', 'tacho.turn.id']
  expect(
    spansOf('execute_tool').map((span) => [
      callOf(span),
      ...facts.map((name) => attribute(span, name)),
    ]),
  ).toEqual([
    ['call_1_0', 'completed', one],
    ['call_1_1', 'completed', one],
    ['call_1_2', 'declined', one],
    ['call_3_0', 'completed', two],
    ['call_3_1', 'declined', two],
  ])
})

test('no span is left open', () => {
  const ended = new Set(session.spans.map(({ spanId }) => spanId))
  expect(session.started.filter(({ spanId }) => !ended.has(spanId))).toEqual([])
  expect(session.log).not.toMatch(/ ERROR tacho/)
})

type Span = SessionOnDisk['spans'][number]

/** The ended spans of a kind, by their call. */
function spansOf(kind: string): Span[] {
  return session.spans
    .filter(({ name }) => name.startsWith(`${kind} `))
    .sort((left, right) => callOf(left).localeCompare(callOf(right)))
}

function callOf(span: Span): string {
  return String(attribute(span, 'gen_ai.tool.call.id'))
}
