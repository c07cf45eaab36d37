import { expect, test } from 'vitest'
import {
  calls,
  decided,
  exchangeStarted,
  hook,
  hookTool,
  hostedDone,
  itemCompleted,
  itemStarted,
  ONE,
  result,
  TIME,
  turnCompleted,
  turnStarted,
} from '../codex-says.js'
import { changesOf, expectAlike, type Seen, spansOf, type Told, type What } from '../reduced.js'

const MCP = { call_id: 'c', tool_name: 'add', mcp_server: 'calc' }

test.each<[sentence: string, seen: Seen[], tools: Partial<Told>[]]>([
  [
    'a tool is from its start to its end, in its turn',
    [
      [10, turnStarted()],
      [20, itemStarted('c', { command: 'ls', cwd: '/work' })],
      [30, itemCompleted('c', { exitCode: 3, durationMs: 9, status: 'failed' })],
    ],
    [
      {
        span: 'execute_tool commandExecution',
        in: 'invoke_agent codex',
        from: 20,
        to: 30,
        'gen_ai.tool.call.id': 'c',
        command: 'ls',
        cwd: '/work',
        exit_code: 3,
        duration_ms: 9,
        status: 'failed',
      },
    ],
  ],
  [
    'the model’s call gives its name, and its command before it runs',
    [
      [10, exchangeStarted('e1')],
      [20, calls('c', 'exec_command', { cmd: 'sleep 9', workdir: '/work' })],
      [30, decided('c', 'approved', 'Config')],
    ],
    [
      {
        span: 'execute_tool exec_command',
        from: 30,
        to: 'open',
        'gen_ai.tool.name': 'exec_command',
        command: 'sleep 9',
        cwd: '/work',
      },
    ],
  ],
  [
    'the model’s call gives its name and its command, also where another tap told of the tool first',
    [
      [10, itemStarted('c', { command: "/bin/bash -lc 'ls'", cwd: '/work' })],
      [20, calls('c', 'exec_command', { cmd: 'ls' })],
    ],
    [
      {
        span: 'execute_tool exec_command',
        from: 10,
        'gen_ai.tool.name': 'exec_command',
        command: 'ls',
        cwd: '/work',
      },
    ],
  ],
  [
    'a call that no tool runs is no span',
    [
      [10, exchangeStarted('e1')],
      [20, calls('c', 'exec_command', { cmd: 'ls' })],
    ],
    [],
  ],
  [
    'what several taps saw of one tool is one tool, and each adds what it alone knows',
    [
      [10, exchangeStarted('e1')],
      [20, calls('c', 'apply_patch', '*** Begin Patch\n*** Add File: a.txt\n+x\n')],
      [30, itemStarted('c', { type: 'fileChange', cwd: '/work' })],
      [31, decided('c', 'approved', 'Config', { tool_name: 'apply_patch' })],
      [40, itemCompleted('c', { type: 'fileChange' })],
      [41, result('c', 'Done', { tool_name: 'apply_patch' })],
    ],
    [
      {
        span: 'execute_tool apply_patch',
        from: 30,
        to: 40,
        files: ['a.txt'],
        cwd: '/work',
        status: 'completed',
      },
    ],
  ],
  [
    'what is learned of a tool that runs is told at once',
    [
      [10, itemStarted('c', { type: 'webSearch' })],
      [20, itemCompleted('c', { type: 'webSearch', query: 'tachographs' })],
    ],
    [{ span: 'execute_tool webSearch', query: 'tachographs' }],
  ],
  [
    'a tool of a server has the server in its name, by the namespace of the call',
    [
      [10, calls('c', 'add', { a: 1, command: 'no command' }, { namespace: 'mcp__calc' })],
      [20, decided('c', 'approved', 'Config', MCP)],
      [30, result('c', '3', MCP)],
    ],
    [{ span: 'execute_tool calc.add', mcp_server: 'calc' }],
  ],
  [
    'a tool of a server has the server in its name, by the log event alone',
    [[20, result('c', '3', MCP)]],
    [{ span: 'execute_tool calc.add', mcp_server: 'calc' }],
  ],
  [
    'a tool of a server has the server in its name, by the item alone',
    [[20, itemStarted('c', { type: 'mcpToolCall', server: 'calc', tool: 'add' })]],
    [{ span: 'execute_tool calc.add', mcp_server: 'calc' }],
  ],
  [
    'a tool of a server has the server in its name, by the hook alone',
    [[20, hook('PreToolUse', hookTool('mcp__calc__add', { a: 1 }, 'c'))]],
    [{ span: 'execute_tool calc.add', mcp_server: 'calc' }],
  ],
  [
    'a search that the API runs begins and ends in the answer, and what it looked for is told',
    [
      [10, exchangeStarted('e1')],
      [20, calls('ws', 'web_search', {}, { isHosted: true })],
      [30, hostedDone('ws', { input: '{"type":"search","query":"tachographs"}' })],
    ],
    [
      {
        span: 'execute_tool web_search',
        in: 'invoke_agent codex',
        from: 20,
        to: 30,
        status: 'completed',
        query: 'tachographs',
      },
    ],
  ],
  [
    'a search of the API’s that the app-server tells too is one tool',
    [
      [10, exchangeStarted('e1')],
      [20, calls('ws', 'web_search', {}, { isHosted: true })],
      [21, itemStarted('ws', { type: 'webSearch' })],
      [30, hostedDone('ws')],
      [31, itemCompleted('ws', { type: 'webSearch', query: 'tachographs' })],
    ],
    [{ span: 'execute_tool web_search', from: 20, to: 30 }],
  ],
  [
    'calls side by side are each their own',
    [
      [10, calls('a', 'exec_command', { cmd: 'one' })],
      [11, calls('b', 'exec_command', { cmd: 'two' })],
      [20, itemStarted('a')],
      [21, itemStarted('b')],
      [30, itemCompleted('b', { exitCode: 2 })],
      [40, itemCompleted('a', { exitCode: 1 })],
    ],
    [
      { from: 20, to: 40, command: 'one', exit_code: 1 },
      { from: 21, to: 30, command: 'two', exit_code: 2 },
    ],
  ],
  [
    'a tool in the background outlives a turn that went well',
    [
      [10, turnStarted()],
      [20, itemStarted('c')],
      [30, turnCompleted()],
      [60, itemCompleted('c')],
    ],
    [{ in: 'invoke_agent codex', from: 20, to: 60, status: 'completed' }],
  ],
  [
    'a tool that runs when its turn fails ends with it',
    [
      [10, turnStarted()],
      [20, itemStarted('c')],
      [30, turnCompleted('failed')],
    ],
    [{ from: 20, to: 30, status: 'failed' }],
  ],
  [
    'an end that is told twice is one',
    [
      [20, itemStarted('c')],
      [30, itemCompleted('c', { exitCode: 0 })],
      [40, itemCompleted('c', { exitCode: 9 })],
    ],
    [{ to: 30, exit_code: 0 }],
  ],
  [
    'an item that does nothing is no tool',
    [
      [20, itemStarted('c', { type: 'agentMessage' })],
      [30, itemCompleted('c', { type: 'agentMessage' })],
    ],
    [],
  ],
  [
    'a result alone has its beginning from how long it took',
    [[100, result('c', 'Done', { happenedAt: 90, duration_ms: '30' })]],
    [{ from: 60, to: 90, duration_ms: 30 }],
  ],
  [
    'a result from the future is of when it was told',
    [[100, result('c', 'Done', { happenedAt: 5000, duration_ms: '0' })]],
    [{ from: 100, to: 100 }],
  ],
  [
    'the exit code is what Codex says before the output, and not what the command prints',
    [[100, result('c', 'Process exited with code 7\nOutput:\nProcess exited with code 0')]],
    [{ exit_code: 7, status: 'failed' }],
  ],
])('%s', (_, seen, tools) => {
  expect(spansOf('execute_tool', seen)).toMatchObject(tools)
})

test.each<[sentence: string, name: string, input: string | object, told: object]>([
  ['a command line', 'exec_command', { cmd: 'ls -l' }, { command: 'ls -l' }],
  ['the words of a command', 'shell', { command: ['ls', '-l'] }, { command: 'ls -l' }],
  ['words that are none', 'shell', { command: ['ls', 1] }, { command: undefined }],
  ['arguments that are no JSON', 'exec_command', '{"cmd":', { command: undefined }],
  ['arguments that are a list', 'exec_command', '[1]', { command: undefined }],
  ['a patch as text', 'apply_patch', '*** Delete File: a b\n', { files: ['a b'] }],
  ['a patch in JSON', 'apply_patch', { input: '*** Move to: c\n' }, { files: ['c'] }],
  ['a path', 'view_image', { path: 'a.png' }, { path: 'a.png' }],
  [
    'more than a command can be',
    'exec_command',
    { cmd: 'x'.repeat(70_000) },
    { command: undefined },
  ],
])('of a call with %s so much is told', (_, name, input, told) => {
  const seen: Seen[] = [
    [10, calls('c', name, input as string)],
    [20, itemStarted('c')],
  ]
  const [tool] = spansOf('execute_tool', seen)
  expect(tool?.span).toBe(`execute_tool ${name}`)
  for (const [fact, value] of Object.entries(told)) expect(tool?.[fact]).toEqual(value)
})

test('what is known of a tool already is not told again', () => {
  const changes = changesOf([
    [10, itemStarted('c', { command: 'ls' })],
    [20, decided('c', 'approved', 'Config', { arguments: '{"cmd":"ls"}' })],
  ])
  expect(changes.filter(({ change }) => change === 'set')).toEqual([])
})

const EXITED = (code: number) => `Chunk ID: 1\nProcess exited with code ${code}\nOutput:\nhi`
const asksWith = (exchange: string, outputs: Record<string, string>, place = ONE): What =>
  ({
    ...exchangeStarted(exchange, place),
    outputs: (calls: readonly string[]) =>
      calls.flatMap((callId) => {
        const output = outputs[callId]
        return output === undefined ? [] : [{ callId, output }]
      }),
  }) as What

test.each<[sentence: string, seen: Seen[], tools: Partial<Told>[]]>([
  [
    'where nobody else tells of tools, one is from its call to the request with its output',
    [
      [10, exchangeStarted('e1')],
      [20, calls('c', 'exec_command', { cmd: 'echo hi' })],
      [21, calls('d', 'exec_command', { cmd: 'false' })],
      [50, asksWith('e2', { c: EXITED(0), d: EXITED(1) })],
      [3000, TIME],
    ],
    [
      { from: 20, to: 50, command: 'echo hi', outcome: 'completed', exit_code: 0 },
      { from: 21, to: 50, command: 'false', outcome: 'failed', exit_code: 1 },
    ],
  ],
  [
    'where the run ends before anybody else could have told',
    [
      [10, exchangeStarted('e1')],
      [20, calls('c', 'exec_command', { cmd: 'echo hi' })],
      [50, asksWith('e2', { c: 'some words' })],
      [60, { kind: 'run-ended', exitCode: 0 }],
    ],
    [{ from: 20, to: 50, outcome: undefined, exit_code: undefined }],
  ],
  [
    'a call that the policy refused did not run, and that is said',
    [
      [10, exchangeStarted('e1')],
      [20, calls('c', 'exec_command', { cmd: 'rm x' })],
      [50, asksWith('e2', { c: 'approval policy is never; reject command' })],
      [3000, TIME],
    ],
    [{ outcome: 'declined', error: 'approval policy is never; reject command' }],
  ],
  [
    'a call without an output has not run, as far as is known',
    [
      [10, exchangeStarted('e1')],
      [20, calls('c', 'exec_command', { cmd: 'echo hi' })],
      [50, asksWith('e2', {})],
      [60, { kind: 'run-ended', exitCode: 0 }],
    ],
    [],
  ],
  [
    'a log event that comes behind the request tells it alone',
    [
      [10, exchangeStarted('e1')],
      [20, calls('c', 'exec_command', { cmd: 'echo hi' })],
      [50, asksWith('e2', { c: EXITED(0) })],
      [900, result('c', EXITED(0), { happenedAt: 45 })],
      [3000, TIME],
    ],
    [{ from: 40, to: 45, outcome: 'completed', exit_code: 0 }],
  ],
  [
    'a tool of another thread is not ended by this one',
    [
      [10, exchangeStarted('e1')],
      [20, calls('c', 'exec_command', { cmd: 'echo hi' })],
      [50, asksWith('e2', { c: EXITED(0) }, { threadId: 'other', turnId: 'two' })],
      [3000, TIME],
    ],
    [],
  ],
])('%s', (_, seen, tools) => {
  expectAlike(spansOf('execute_tool', seen, { command: 'exec' }), tools)
})
