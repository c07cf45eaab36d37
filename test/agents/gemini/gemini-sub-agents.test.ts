import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../../host/index.js'
import type { Answer, ModelRequest, ToolCall } from '../../scripted-model/index.js'
import { geminiPlace } from './place.js'
import { PATIENCE, quit, say, shown } from './tui.js'

const toSubAgent = (prompt: string): ToolCall => ({
  name: 'invoke_agent',
  arguments: { agent_name: 'generalist', prompt },
})

const REPORT: ToolCall = {
  name: 'complete_task',
  arguments: { result: { response: 'The part is done.' } },
}

/** The user's own agent hands on these tasks at once; a sub-agent does this, and reports. */
function delegating(tasks: readonly string[], work: (task: string) => ToolCall) {
  return ({ body }: ModelRequest): Answer => {
    const said = JSON.stringify(body.contents)
    const hasOutput = said.includes('"functionResponse"')
    if (said.includes('<session_context>'))
      return hasOutput ? { text: 'All is done.' } : { calls: tasks.map(toSubAgent) }
    const task = tasks.find((one) => said.includes(one)) ?? ''
    return { calls: [hasOutput ? REPORT : work(task)] }
  }
}

type Of = { threadId: string }

const ofThread =
  (id: string) =>
  ({ threadId }: Of) =>
    threadId === id

test('sub-agents of `gemini -p` are threads of the session, even if they are told the same', async () => {
  // The second one begins as the first does.
  const tasks = ['Read x.txt', 'Read x.txt once more', 'Read x.txt']
  const read = () => ({ name: 'read_file', arguments: { file_path: 'x.txt' } })
  await using place = await geminiPlace(delegating(tasks, read))
  writeFileSync(join(place.cwd, 'x.txt'), 'hello\n')
  const prompt = ['-m', 'gemini-2.5-flash', '-p', 'Have x.txt read']
  const ended = await place.tacho('gemini', '--persist-session', ...prompt)
  expect(ended).toMatchObject({ exitCode: 0, signal: null })
  expect(ended.stdout.toString()).toContain('All is done.')

  const session = place.session()
  const { threads, turns, tools, exchanges } = await place.told('show', 'last')
  const [own, ...subs] = threads
  expect(own).toMatchObject({ id: session.id, kind: 'user', source: null })
  expect(turns.filter(ofThread(own.id))).toHaveLength(1)
  expect(exchanges.filter(ofThread(own.id))).toHaveLength(2)
  const tool = (name: string) => ({ name, outcome: 'completed' })
  expect(tools.filter(ofThread(own.id))).toMatchObject(tasks.map(() => tool('invoke_agent')))
  expect(subs).toHaveLength(3)
  for (const { id, kind, source } of subs) {
    expect({ kind, source }).toEqual({ kind: 'sub-agent', source: 'subagent' })
    expect(turns.filter(ofThread(id))).toHaveLength(1)
    expect(exchanges.filter(ofThread(id))).toHaveLength(2)
    expect(tools.filter(ofThread(id))).toMatchObject([tool('read_file'), tool('complete_task')])
  }

  // The requests name no turn: each belongs to that of its thread.
  const turnOf = ({ threadId }: Of) => turns.find(ofThread(threadId)).turnId
  for (const exchange of exchanges) expect(exchange.turnId).toBe(turnOf(exchange))
  const [counted] = (await place.told('stats', 'last')).sessions
  expect(counted.turns.map((one: { exchanges: number }) => one.exchanges)).toEqual([2, 2, 2, 2])

  // Gemini CLI's own transcripts are beside them, and name the sub-agents as Tacho does.
  const chats = join(place.home, '.gemini/tmp/work/chats', session.id)
  const transcripts = subs.map(({ id }: { id: string }) => `${id}.jsonl`).sort()
  expect(readdirSync(chats).sort()).toEqual(transcripts)
  for (const name of transcripts)
    expect(statSync(join(session.folder, name)).ino).toBe(statSync(join(chats, name)).ino)
  expect(session.names().filter((name) => name.startsWith('.'))).toEqual([])
}, 240_000)

test('what a sub-agent asks in the TUI is asked in its thread, and its turn goes on', async () => {
  const make = () => ({ name: 'run_shell_command', arguments: { command: 'mkfifo one' } })
  await using place = await geminiPlace(delegating(['Make one'], make))
  await using terminal = await place.tui('-m', 'gemini-2.5-flash')
  await shown(terminal, 'Type your message')
  await say(terminal, 'Have one made', () => place.model.exchanges.length >= 1)
  await shown(terminal, '1. Allow once')
  terminal.press('Enter')
  await eventually(() => expect(terminal.screen).not.toContain('1. Allow once'), PATIENCE)
  await shown(terminal, 'All is done.')
  await quit(terminal)

  const { threads, turns, tools } = await place.told('show', 'last')
  const [own, sub] = threads.map(({ id }: { id: string }) => id)
  expect(turns.map(({ threadId }: Of) => threadId)).toEqual([own, sub])
  expect(tools.filter(ofThread(own))).toMatchObject([{ name: 'invoke_agent' }])
  expect(tools.filter(ofThread(sub))).toMatchObject([
    { command: 'mkfifo one', outcome: 'completed' },
    { name: 'complete_task', outcome: 'completed' },
  ])
  expect(await place.told('approvals', 'last')).toMatchObject([
    { what: 'mkfifo one', outcome: 'allowed', decidedBy: 'user', threadId: sub },
  ])
  expect(await place.told('cancellations', 'last')).toEqual([])
}, 300_000)
