import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SCRIPTED_KEY } from '../../host/index.js'
import type { Step, ToolCall } from '../../scripted-model/index.js'
import { filesAlike, requestsAlike } from './alike.js'
import { expectItsBodies } from './bodies.js'
import { BYPASS, claudePlace } from './place.js'

const bash = (command: string): ToolCall => ({ name: 'Bash', arguments: { command } })

const WITH_TOOLS: Step[] = [
  { reasoning: 'First a pipe.', calls: [bash('mkfifo q1')] },
  { calls: [bash('cat nothing-there')] },
  { text: 'Done.', usage: { inputTokens: 50, cachedInputTokens: 20, outputTokens: 5 } },
]

const SAY = ['claude', '--persist-session', '-p', 'Say hello', ...BYPASS]

type Shown = {
  session: Record<string, unknown>
  turns: Record<string, unknown>[]
  exchanges: Record<string, unknown>[]
  tools: Record<string, unknown>[]
  runs: Record<string, unknown>[]
  threads: Record<string, unknown>[]
}

test('a turn with tools is recorded: its bytes, its tools, its tokens and its transcript', async () => {
  await using place = await claudePlace(WITH_TOOLS)
  const ended = await place.tacho(SAY)
  expect(ended.stderr.toString()).toBe('')
  expect(ended).toMatchObject({ exitCode: 0, signal: null })
  expect(ended.stdout.toString()).toBe('Done.\n')

  const shown = await place.said<Shown>('show')
  const id = String(shown.session.id)
  expect(shown.session).toMatchObject({ agent: 'claude', ended: 'completed', exitCode: 0 })
  expect(shown.session.agentVersion).toMatch(/^2\.\d+\.\d+$/)
  expect(shown.runs).toMatchObject([{ command: 'print' }])
  expect(shown.turns).toMatchObject([{ outcome: 'completed', threadId: id }])
  expect(shown.exchanges).toMatchObject([
    { outcome: 'completed', threadId: id, turnId: shown.turns[0]?.turnId },
    { outcome: 'completed', threadId: id, turnId: shown.turns[0]?.turnId },
    { usage: { inputTokens: 50, cacheReadInputTokens: 20, outputTokens: 5 } },
  ])
  expect(shown.tools).toMatchObject([
    { name: 'Bash', command: 'mkfifo q1', outcome: 'completed' },
    { name: 'Bash', command: 'cat nothing-there', outcome: 'failed' },
  ])

  const session = place.session()
  expectItsBodies(session, place)
  const transcript = `${id}.jsonl`
  expect(session.names()).toContain(transcript)
  expect(statSync(join(session.folder, transcript)).nlink).toBe(2)
  expect(
    session
      .names()
      .map((name) => session.text(name))
      .join(''),
  ).not.toContain(SCRIPTED_KEY)
})

test('a sub-agent is a thread of its own, and a continued session a second run of it', async () => {
  const agent = { description: 'look', prompt: 'Look', subagent_type: 'general-purpose' }
  await using place = await claudePlace([
    { calls: [{ name: 'Agent', arguments: { ...agent, run_in_background: false } }] },
    { text: 'I looked.' },
    { text: 'It looked.' },
    { text: 'Again.' },
  ])
  await place.tacho(SAY)
  await place.tacho([...SAY, '--continue'])
  const { session, threads, turns, runs, exchanges } = await place.said<Shown>('show')
  expect(runs).toHaveLength(2)
  const [sub] = threads.filter(({ kind }) => kind === 'sub-agent')
  expect(exchanges.map(({ threadId }) => threadId)).toEqual([
    session.id,
    sub?.id,
    session.id,
    session.id,
  ])
  expect(turns.map(({ kind, outcome }) => [kind, outcome])).toEqual([
    ['user', 'completed'],
    ['sub-agent', 'completed'],
    ['user', 'completed'],
  ])
  expect(place.session().names()).toEqual(
    expect.arrayContaining([`agent-${sub?.id}.jsonl`, `agent-${sub?.id}.meta.json`]),
  )
})

test('with Tacho, recorded or not, it prints, ends and asks its model as alone, and off leaves the same files', async () => {
  await using alone = await claudePlace(WITH_TOOLS)
  await using off = await claudePlace(WITH_TOOLS)
  await using on = await claudePlace(WITH_TOOLS)
  const args = ['-p', 'Say hello', ...BYPASS]
  const [aloneEnd, offEnd, onEnd] = await Promise.all([
    alone.alone(args),
    off.tacho(['claude', ...args]),
    on.tacho(SAY),
  ])
  expect(offEnd).toEqual(aloneEnd)
  expect(onEnd).toEqual(aloneEnd)
  expect(filesAlike(off)).toEqual(filesAlike(alone))
  expect(off.sessions()).toEqual([])
  expect(requestsAlike(off)).toEqual(requestsAlike(alone))
  expect(requestsAlike(on)).toEqual(requestsAlike(alone))
})
