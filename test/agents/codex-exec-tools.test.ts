import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../host/index.js'
import { execCommand, type Step } from '../scripted-model/index.js'
import { ownMcpServer } from './own-surroundings.js'
import { attribute, type SessionOnDisk } from './session-on-disk.js'
import { startTachoToKill } from './tacho-to-kill.js'
import { EXEC, type Workplace, workplace } from './workplace.js'

const PATCH = '*** Begin Patch\n*** Add File: made.txt\n+hello\n*** End Patch\n'
const SEARCH = {
  type: 'web_search_call',
  id: 'ws_1',
  action: { type: 'search', query: 'tachograph' },
}

/** An answer with items in the API's form. */
function items(id: string, all: readonly object[]): Step {
  const events = [
    { type: 'response.created', response: { id } },
    ...all.flatMap((item) => [
      { type: 'response.output_item.added', item: { ...item, status: 'in_progress' } },
      { type: 'response.output_item.done', item: { ...item, status: 'completed' } },
    ]),
    {
      type: 'response.completed',
      response: { id, usage: { input_tokens: 9, output_tokens: 3, total_tokens: 12 } },
    },
  ]
  return { events: events.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`) }
}

const MCP_CALL = {
  type: 'function_call',
  namespace: 'mcp__calc',
  name: 'add',
  arguments: '{"a":1}',
  call_id: 'mcp',
}
const PATCH_CALL = { type: 'custom_tool_call', name: 'apply_patch', input: PATCH, call_id: 'patch' }

let place: Workplace
let session: SessionOnDisk

beforeAll(async () => {
  place = await workplace(
    [
      { calls: [execCommand('echo one'), execCommand('echo two'), execCommand('exit 3')] },
      items('r2', [MCP_CALL]),
      items('r3', [PATCH_CALL]),
      items('r4', [
        SEARCH,
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Done.' }] },
      ]),
    ],
    {
      approvalPolicy: 'never',
      sandboxMode: 'danger-full-access',
      tables: `[mcp_servers.calc]\ncommand = "node"\nargs = ["mcp.cjs"]\n`,
    },
  )
  ownMcpServer(place.home.cwd)
  const ended = await place.tacho([
    'codex',
    'exec',
    '--skip-git-repo-check',
    '--persist-session',
    'Work',
  ])
  expect(ended.exitCode).toBe(0)
  session = place.session()
})

afterAll(() => place[Symbol.asyncDispose]())

test('each tool that exec runs has its name, what it was asked for, and how it ended', () => {
  const facts = ['call.id', 'command', 'exit_code', 'files', 'mcp_server', 'query', 'outcome']
  const tools = spansOf('execute_tool').map((span) => [
    span.name,
    ...facts.map((name) =>
      attribute(span, name === 'call.id' ? 'gen_ai.tool.call.id' : `tacho.tool.${name}`),
    ),
  ])
  const none = undefined
  expect(new Set(tools)).toEqual(
    new Set([
      // Three at once: each has its own command, whichever ends first.
      ['execute_tool exec_command', 'call_1_0', 'echo one', 0, none, none, none, 'completed'],
      ['execute_tool exec_command', 'call_1_1', 'echo two', 0, none, none, none, 'completed'],
      ['execute_tool exec_command', 'call_1_2', 'exit 3', 3, none, none, none, 'failed'],
      ['execute_tool calc.add', 'mcp', none, none, none, 'calc', none, 'completed'],
      [
        'execute_tool apply_patch',
        'patch',
        none,
        none,
        { values: [{ stringValue: 'made.txt' }] },
        none,
        none,
        'completed',
      ],
      ['execute_tool web_search', 'ws_1', none, none, none, none, 'tachograph', 'completed'],
    ]),
  )
  expect(readFileSync(join(place.home.cwd, 'made.txt'), 'utf8')).toBe('hello\n')
  expect(place.model.modelExchanges[2]?.requestBody.toString()).toContain('"call_id":"mcp"')
})

test('where nobody is asked by policy, there is no approval, of the MCP tool either', () => {
  expect(spansOf('approval')).toEqual([])
})

test('the turn ends behind its last tool and its last exchange', () => {
  const [turn] = spansOf('invoke_agent')
  for (const span of [...spansOf('execute_tool'), ...spansOf('chat')]) {
    expect(span.parentSpanId).toBe(turn?.spanId)
    expect(BigInt(span.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(turn?.endTimeUnixNano ?? 0))
  }
})

test('the command of a tool that hangs is known while it does, and behind a kill -9', async () => {
  const hangs = 'until [ -e go ]; do sleep 0.05; done'
  await using place = await workplace([
    { calls: [execCommand(hangs, { yield_time_ms: 30_000 }), execCommand('echo other')] },
    { text: 'Done.' },
  ])
  const tacho = startTachoToKill(place, ['codex', ...EXEC, '--persist-session', 'Wait'])
  const commands = () =>
    place
      .session()
      .started.filter(({ name }) => name.startsWith('execute_tool'))
      .map((span) => attribute(span, 'tacho.tool.command'))
      .sort()
  await eventually(() => expect(commands()).toEqual(['echo other', hangs]))
  await tacho.kill()
  expect(commands()).toEqual(['echo other', hangs])
  const show = (await place.tacho(['show', 'last'])).stdout.toString()
  expect(show).toMatch(/tool exec_command "until \[ -e go \].*in flight when it died/)
  writeFileSync(join(place.home.cwd, 'go'), '')
})

function spansOf(name: string) {
  return session.spans.filter((span) => span.name.startsWith(name))
}
