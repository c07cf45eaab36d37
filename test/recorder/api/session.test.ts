import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  approvalsOf,
  cancellationsOf,
  readSession,
  threadsOf,
  toolsOf,
  turnsOf,
} from '@tacho/reader'
import { expect, test } from 'vitest'
import { expectRebuilt } from '../../agents/rebuilt.js'
import type { SessionOnDisk } from '../../agents/session-on-disk.js'
import { type Ended, repositoryRoot } from '../../host/index.js'
import { startScriptedModel } from '../../scripted-model/index.js'
import { type HostPlace, hostPlace } from '../register/host-place.js'

// Real programs that report on themselves, run by Node with `tacho/register` and without: whatever
// they report, they behave the same.

const API = pathToFileURL(join(repositoryRoot, 'packages/cli/dist/bundle/api.cjs')).href

async function alike(place: HostPlace, program: string): Promise<SessionOnDisk> {
  place.file('agent.mjs', `import { session } from ${JSON.stringify(API)}\n${program}`)
  const alone = await place.alone('agent.mjs')
  const recorded = await place.recorded('agent.mjs')
  expect(alone.stderr.toString()).toBe('')
  expect(said(recorded)).toEqual(said(alone))
  return place.session()
}

function said({ stdout, stderr, ...end }: Ended) {
  return { ...end, stdout: stdout.toString(), stderr: stderr.toString() }
}

test('what a program tells is the story of its session', async () => {
  using place = hostPlace()
  const recorded = await alike(
    place,
    `const stop = new AbortController()
    const told = await session.turn({ name: 'helper', thread: 'chat 1', signal: stop.signal }, async () => {
      session.log.info('hello %s', 'log', { by: 'the program' })
      const answered = session.approval({ what: 'npm test', offered: ['yes', 'no'], callId: 'call_1' })
      answered('allowed', { decision: 'yes', decidedBy: 'user' })
      await session.tool('shell', { command: 'npm test' }, async () => {
        session.note('half of it', { done: 1 })
        await session.turn('inner', async () => {})
      }, { callId: 'call_1' })
      stop.abort(new Error('Esc'))
      return 'told'
    })
    const failed = await session.turn('failing', () => Promise.reject(new TypeError('no'))).catch(String)
    session.approval({ what: 'never answered' })
    console.log(told, failed)`,
  )
  const session = await readSession(recorded.folder)
  expect(turnsOf(threadsOf(session))).toMatchObject([
    { outcome: 'cancelled', threadId: 'chat 1' },
    { outcome: 'completed', threadId: 'chat 1' },
    { outcome: 'failed' },
  ])
  expect(toolsOf(session)).toMatchObject([
    { name: 'shell', callId: 'call_1', command: 'npm test', outcome: 'completed' },
  ])
  expect(approvalsOf(session)).toMatchObject([
    { what: 'npm test', outcome: 'allowed', decision: 'yes', decidedBy: 'user', kind: 'tool' },
    { what: 'never answered', outcome: 'unanswered' },
  ])
  expect(cancellationsOf(session)).toMatchObject([{ origin: 'host', reason: 'Esc' }])
  const spans = [...session.spans.values()]
  const inner = spans.find(({ name }) => name === 'invoke_agent inner')
  const shell = spans.find(({ name }) => name === 'execute_tool shell')
  expect(inner?.parentSpanId).toBe(shell?.spanId)
  expect(recorded.log).toContain('program: hello log {"by":"the program"}\n')
  await expectRebuilt(recorded)
})

test('values that throw where they are read reach nobody', async () => {
  using place = hostPlace()
  const recorded = await alike(
    place,
    `const bad = () => { throw new Error('read me not') }
    const all = () => new Proxy({}, { get: bad, has: bad, ownKeys: bad, getPrototypeOf: bad, getOwnPropertyDescriptor: bad })
    const circle = { big: 1n, at: new Date(NaN), map: new Map([[1, new Set([2])]]), buffer: Buffer.alloc(9) }
    circle.self = circle
    const values = [
      { get trap() { return bad() }, told: 'beside it' }, { toJSON: bad }, all(), circle, bad, Symbol('s'),
      new Error('an error'), Object.defineProperty(new Error(), 'stack', { get: bad }), null, undefined,
      'x'.repeat(70_000), { length: -1 }, Object.create(null), [all()], { __proto__: all() },
    ]
    let count = 0
    for (const value of values) {
      session.note(value, value)
      session.log.info(value, value)
      session.log.child(value).error('child', value)
      session.log.log(value, value, value)
      session.approval(value)
      session.approval({ what: value, kind: value, reason: value, offered: value })(value, value)
      session.cancellation(value)()
      session.cancellation({ reason: value, origin: value, turn: value })()
      count += session.turn(value, () => 1)
      count += session.turn({ name: value, thread: value, signal: value }, () => 1)
      count += session.tool(value, value, () => 1, value)
      count += session.tool('named', { value }, () => 1, { callId: value })
    }
    console.log(count)`,
  )
  const events = recorded.text('session_events.log')
  expect(events).toContain('beside it')
  expect(events).toContain('[unreadable]')
  expect(events).toContain('{"omitted":70002}')
  expect(recorded.log).toContain('program: Error: an error')
  await expectRebuilt(recorded)
})

test('what work gives and throws passes through as it is', async () => {
  using place = hostPlace()
  await alike(
    place,
    `const own = new Error('own')
    for (const way of [(work) => session.turn(work), (work) => session.turn('named', work), (work) => session.tool('t', {}, work)]) {
      console.log(way(() => 'at once'))
      try { way(() => { throw own }) } catch (cause) { console.log(cause === own) }
      console.log(await way(async () => 'later'))
      console.log(await way(async () => { throw own }).catch((cause) => cause === own))
      console.log(await way(() => ({ then: (done) => done('a thenable') })))
      console.log(way(() => undefined), way(() => null))
    }
    console.log(session.turn((turn) => typeof turn.id))
    process.exitCode = 5`,
  )
})

test('a rejection that nobody handles ends the program as it does alone', async () => {
  using place = hostPlace()
  place.file(
    'agent.mjs',
    `import { session } from ${JSON.stringify(API)}
    process.on('uncaughtException', (cause) => { console.log(cause.message); process.exitCode = 7 })
    session.turn('t', async () => { throw new Error('unhandled') })`,
  )
  const alone = await place.alone('agent.mjs')
  expect(alone.stdout.toString()).toBe('unhandled\n')
  expect(await place.recorded('agent.mjs')).toEqual(alone)
})

test('a program that is killed leaves what it had told', async () => {
  using place = hostPlace()
  place.file(
    'agent.mjs',
    `import { session } from ${JSON.stringify(API)}
    session.turn('t', async () => {
      session.log.warn('the last words')
      session.approval({ what: 'rm -rf build' })
      process.kill(process.pid, 'SIGKILL')
    })`,
  )
  await place.recorded('agent.mjs')
  const recorded = place.session()
  const events = recorded.lines('session_events.log')
  expect(events.at(-1)).toMatchObject({ kind: 'approval-asked', what: 'rm -rf build' })
  expect(recorded.log).toContain('the last words')
})

test('a program in CommonJS has the same, and where nothing is recorded it has no id and no log', async () => {
  using place = hostPlace()
  place.file(
    'agent.cjs',
    `const { session } = require(${JSON.stringify(join(repositoryRoot, 'packages/cli/dist/bundle/api.cjs'))})
    session.log.info('x').child({}).warn('y')
    console.log(session.id, session.log.isLevelEnabled('error'), session.turn(() => 1))`,
  )
  const alone = await place.alone('agent.cjs')
  expect(alone.stdout.toString()).toBe('undefined false 1\n')
  const recorded = await place.recorded('agent.cjs')
  expect(recorded.stdout.toString()).toBe(`${place.session().manifest.id} true 1\n`)
})

test('requests belong to the turn, and to the tool, that they are made in', async () => {
  using place = hostPlace()
  await using model = await startScriptedModel([{ text: 'hello' }])
  place.file(
    'agent.mjs',
    `import { session } from ${JSON.stringify(API)}
    const ask = async (input) => {
      const body = JSON.stringify({ model: 'm', input, stream: true })
      const headers = { 'content-type': 'application/json' }
      const url = process.env.OPENAI_BASE_URL + '/responses'
      await (await fetch(url, { method: 'POST', headers, body })).text()
    }
    await Promise.all(['a', 'b'].map((name) => session.turn({ name, thread: name }, async () => {
      await ask(name)
      await session.tool('lookup', { query: name }, () => ask('lookup for ' + name), { callId: 'call ' + name })
    })))
    await ask('outside')`,
  )
  const environment = { OPENAI_BASE_URL: model.baseUrl }
  const { stderr } = await place.recorded('agent.mjs', { environment })
  expect(stderr.toString()).toBe('')
  const recorded = place.session()
  const session = await readSession(recorded.folder)
  const turns = new Map(turnsOf(threadsOf(session)).map(({ id, threadId }) => [id, threadId]))
  const madeIn = recorded.exchanges.map(
    ({ turnId, threadId, within }) => `${turns.get(turnId)}, ${threadId}, ${within}`,
  )
  expect(madeIn.sort()).toEqual([
    'a, a, call a',
    'a, a, undefined',
    'b, b, call b',
    'b, b, undefined',
    'undefined, undefined, undefined',
  ])
  const spans = [...session.spans.values()]
  const parents = spans
    .filter(({ name }) => name.startsWith('chat'))
    .map(({ parentSpanId }) => spans.find(({ spanId }) => spanId === parentSpanId)?.name)
  expect(parents.sort()).toEqual([
    'execute_tool lookup',
    'execute_tool lookup',
    'invoke_agent a',
    'invoke_agent b',
    'session',
  ])
  await expectRebuilt(recorded)
})
