import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  approvalsOf,
  cancellationsOf,
  readSession,
  type Session,
  threadsOf,
  toolsOf,
  turnsOf,
} from '@tacho/reader'
import { expect, test } from 'vitest'
import { expectRebuilt } from '../../agents/rebuilt.js'
import { isSoak } from '../../faults/extent.js'
import { programPath, repositoryRoot, SCRIPTED_KEY } from '../../host/index.js'
import { type Answer, type ModelRequest, startScriptedModel } from '../../scripted-model/index.js'
import { hostPlace } from '../register/host-place.js'

// Version 7 needs Node 22.
const VERSIONS = isSoak
  ? ([
      ['6', 'node20'],
      ['6', 'node24'],
      ['7', 'node22'],
      ['7', 'node24'],
      ['7', 'node26'],
    ] as const)
  : ([
      ['6', undefined],
      ['7', 'node22'],
    ] as const)

for (const [version, node] of VERSIONS)
  test(`a program on the AI SDK ${version} tells its turns, tools and approvals${node ? ` on ${node}` : ''}`, async () => {
    const sdks = dirname(dirname(await programPath('sdks')))
    const model = await startScriptedModel(answerTo)
    using place = hostPlace()
    try {
      linkPackages(join(place.folder, 'node_modules'), sdks)
      const program = 'test/recorder/integrations/ai-sdk-program.mjs'
      place.file('program.mjs', readFileSync(join(repositoryRoot, program), 'utf8'))
      const how = {
        ...(node !== undefined && { node: await programPath(node) }),
        environment: { AI_SDK: version, MODEL_URL: model.baseUrl, SCRIPTED_KEY },
      }
      const alone = await place.alone('program.mjs', how)
      expect(alone.stdout.toString()).toMatch(/^tool It is 3\.\nstream It is 3\.\nbroken It is bad/)
      expect(alone.stdout.toString()).toContain('\nunread true\n')
      const recorded = await place.recorded('program.mjs', how)
      expect(told(recorded)).toEqual(told(alone))
      expectTold(await readSession(place.session().folder), version)
      await expectRebuilt(place.session())
    } finally {
      await model.close()
    }
  }, 240_000)

function expectTold(session: Session, version: string): void {
  const turns = turnsOf(threadsOf(session))
  const nameOf = (span = '') => session.spans.get(span)?.name.split(' ')[1]
  expect(turns.map(({ spanId, outcome }) => [nameOf(spanId), outcome])).toEqual([
    ['adder', 'completed'],
    ['streamText', 'completed'],
    ['generateText', 'completed'],
    // The next call answers the question and continues the turn.
    ['generateText', 'completed'],
    ['generateText', 'completed'],
    ['streamText', 'cancelled'],
    ['generateText', 'failed'],
    ['streamText', 'failed'],
    ['streamText', 'cancelled'],
    ['generate', 'completed'],
  ])
  const tools = toolsOf(session).map(({ name, outcome, turnId }) => [
    name,
    outcome,
    turns.findIndex(({ id }) => id === turnId),
  ])
  expect(tools).toEqual([
    ['add', 'completed', 0],
    ['add', 'completed', 1],
    ['add', 'failed', 2],
    ['shell', 'completed', 3],
    ['add', 'completed', 9],
  ])
  const approvals = approvalsOf(session)
  expect(approvals).toMatchObject([
    { kind: 'tool', what: 'ls', outcome: 'allowed', decision: 'approve', turnId: turns[3]?.id },
    { kind: 'tool', what: 'ls', outcome: 'denied', decision: 'deny', turnId: turns[4]?.id },
  ])
  expect(approvals.map(({ decidedBy }) => decidedBy)).toEqual([undefined, undefined])
  expect(cancellationsOf(session)).toMatchObject([{ origin: 'host' }])

  // Each request belongs to its turn; in version 7, one that a tool makes belongs to that tool.
  const byTurn = session.exchanges.map(({ turnId }) => turns.findIndex(({ id }) => id === turnId))
  expect(byTurn).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 9, 9])
  const inTools = [...session.spans.values()].filter(({ name }) => name === 'chat small')
  const parents = inTools.map(({ parentSpanId }) => session.spans.get(parentSpanId ?? '')?.name)
  const within = version === '7' ? /^execute_tool add/ : /^invoke_agent/
  for (const parent of parents) expect(parent).toMatch(within)
  expect(parents).toHaveLength(3)
}

function told({
  stdout,
  stderr,
  exitCode,
  signal,
}: Awaited<ReturnType<ReturnType<typeof hostPlace>['alone']>>) {
  const plain = (text: Buffer) => text.toString().replace(/(?<=^|\W)(?:\d+|0x)[\da-f-]{6,}/g, 'N')
  return { stdout: plain(stdout), stderr: plain(stderr).split('\n')[0], exitCode, signal }
}

/** What `npm install` would have installed: the SDKs from the cache, and Tacho as built. */
function linkPackages(folder: string, from: string): void {
  mkdirSync(folder)
  for (const name of readdirSync(from).filter((one) => !one.startsWith('.')))
    symlinkSync(join(from, name), join(folder, name))
  const tacho = join(folder, 'tacho')
  mkdirSync(tacho)
  const cli = join(repositoryRoot, 'packages/cli')
  const exports = { './ai-sdk': './dist/bundle/ai-sdk.cjs' }
  writeFileSync(join(tacho, 'package.json'), JSON.stringify({ name: 'tacho', exports }))
  for (const name of ['bin', 'dist']) symlinkSync(join(cli, name), join(tacho, name))
}

function answerTo({ body }: ModelRequest): Answer {
  const said = JSON.stringify(body.input ?? body.messages)
  const [, what] = [...said.matchAll(/please (\w+)/g)].at(-1) ?? []
  const isRun = said.includes('function_call_output')
  switch (what) {
    case 'price':
      return { text: 'Nothing.' }
    case 'abort':
      return { text: 'word '.repeat(40), deltas: 40, eventDelay: 5 }
    case 'unread':
      return { text: 'Nobody hears it.' }
    case 'fail':
      return { status: 401 }
    case 'shell':
      return isRun
        ? { text: 'It ran.' }
        : { calls: [{ name: 'shell', arguments: { command: 'ls' } }] }
    case 'broken':
      return isRun
        ? { text: 'It is bad.' }
        : { calls: [{ name: 'add', arguments: { a: -1, b: 2 } }] }
    default:
      return isRun
        ? { text: 'It is 3.', deltas: 3 }
        : { calls: [{ name: 'add', arguments: { a: 1, b: 2 } }] }
  }
}
