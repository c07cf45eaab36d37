import { expect, test } from 'vitest'
import type { Answer, ModelRequest } from '../scripted-model/index.js'
import { workplace } from './workplace.js'

/** The main agent hands a part of its work to a sub-agent, and waits for it. */
function answerTo({ body }: ModelRequest): Answer {
  const said = JSON.stringify(body.input)
  if (!said.includes('please-delegate')) return { text: 'The part is done.' }
  const outputs = said.split('"type":"function_call_output"').length - 1
  const call = [
    { name: 'spawn_agent', arguments: { task_name: 'part', message: 'Do it', fork_turns: 'none' } },
    { name: 'wait_agent', arguments: {} },
  ][outputs]
  if (call === undefined) return { text: 'All is done.' }
  return { calls: [{ ...call, namespace: 'collaboration' }] }
}

test('a sub-agent of the real Codex is a thread of the session that it works for', async () => {
  await using place = await workplace(answerTo)
  const ended = await place.tacho([
    'codex',
    'exec',
    '--skip-git-repo-check',
    '--persist-session',
    '--enable',
    'multi_agent_v2',
    'please-delegate',
  ])
  expect(ended.exitCode).toBe(0)
  const { stdout } = await place.tacho(['show', '--json'])
  const { threads, exchanges, tools } = JSON.parse(String(stdout))
  expect(threads).toMatchObject([
    { kind: 'user', source: null },
    { kind: 'sub-agent', source: 'subagent:thread_spawn' },
  ])
  const [user, sub] = threads.map(({ id }: { id: string }) => id)
  const ofThread = (id: string) => (one: { threadId: string }) => one.threadId === id
  expect(exchanges.filter(ofThread(user))).toHaveLength(3)
  expect(exchanges.filter(ofThread(sub))).toMatchObject([{ outcome: 'completed' }])
  expect(tools.map(({ name }: { name: string }) => name)).toEqual(['spawn_agent', 'wait_agent'])
  expect(tools.every(ofThread(user))).toBe(true)
})
