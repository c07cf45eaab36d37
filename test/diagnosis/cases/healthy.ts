import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EXEC, workplace } from '../../agents/workplace.js'
import { execCommand, type Script } from '../../scripted-model/index.js'
import { appServer } from '../app-server.js'
import {
  type DiagnosisCase,
  type ExecOptions,
  type Explained,
  exec,
  explained,
  FEW_TRIES,
} from '../case.js'
import { called, message, says, speaks } from '../spoken-bodies.js'
import { GOES_ON } from './context.js'

const DONE = { text: 'Done.' }
const run = (command: string, more: object = {}) => ({
  text: 'Looking.',
  calls: [execCommand(command, { ...more })],
})

function healthy(what: string, script: Script, options: ExecOptions = {}): DiagnosisCase {
  const title = `healthy: ${what}`
  return { title, record: exec(title, script, options) }
}

function answered(what: string, script: Script, decisions: readonly unknown[]): DiagnosisCase {
  const title = `healthy: ${what}`
  const record = appServer(title, script, async (client) => {
    for (const [index, decision] of decisions.entries()) {
      const { id } = await client.commandQuestion(index + 1)
      client.say({ id: id ?? -1, result: { decision } })
    }
    await client.told('turn/completed')
    return undefined
  })
  return { title, record }
}

function spoken(what: string, exchanges: Parameters<typeof speaks>[1]): DiagnosisCase {
  const title = `healthy: ${what}`
  return { title, record: speaks(title, exchanges) }
}

const long = (count: number): Script => [
  ...Array.from({ length: count }, (_, index) =>
    run(`echo step ${index}; seq ${index} ${index + 20}`),
  ),
  DONE,
]

const refusedOnce = (status: number, error: object, headers = {}) => ({
  status,
  headers,
  body: JSON.stringify({ error }),
})

type TextBlock = { type: 'text'; text: string; cache_control?: object }

/** A conversation of the Messages API, whose last message has a mark for the cache. */
function movingMarks(what: string, contentOf: (block: TextBlock) => unknown): DiagnosisCase {
  const mark = { cache_control: { type: 'ephemeral' } }
  return spoken(
    what,
    [1, 2, 3].map((count) => ({
      path: '/messages',
      request: {
        model: 'c-1',
        max_tokens: 9,
        system: [{ type: 'text', text: 'Careful. '.repeat(500), ...mark }],
        messages: Array.from({ length: count }, (_, index) => {
          const isLast = index === count - 1
          const text = `Question ${index}`
          const answer = [{ type: 'text', text: `Answer ${index}` }]
          return [
            { role: 'user', content: contentOf({ type: 'text', text, ...(isLast && mark) }) },
            ...(isLast ? [] : [{ role: 'assistant', content: answer }]),
          ]
        }).flat(),
      },
      answer: {
        id: `m${count}`,
        model: 'c-1-20250929',
        role: 'assistant',
        type: 'message',
        stop_reason: 'end_turn',
        content: [{ type: 'text', text: `Answer ${count - 1}` }],
        usage: {
          input_tokens: 20,
          cache_read_input_tokens: count === 1 ? 0 : 2000,
          cache_creation_input_tokens: 100,
          output_tokens: 9,
        },
      },
    })),
  )
}

export const HEALTHY_CASES: readonly DiagnosisCase[] = [
  { ...healthy('a hello', [{ text: 'Hello.' }]), isQuick: true },
  healthy('one tool', [run('echo one'), DONE]),
  healthy('thirty tools', long(30)),
  healthy('an answer of 300 kB', [{ textBytes: 300_000 }]),
  healthy('a long answer that streams for six seconds', [
    { text: 'It goes on. '.repeat(200), deltas: 60, eventDelay: 100 },
  ]),
  healthy('thoughts before the answer', [
    {
      reasoning: 'Let me think.',
      text: 'Done.',
      usage: { outputTokens: 900, reasoningTokens: 850 },
    },
  ]),
  healthy('a command that fails once', [run('cat missing.txt'), run('echo mended'), DONE]),
  healthy('tests that fail twice, between edits', [
    run('test -f made'),
    run('touch made2'),
    run('test -f made'),
    run('touch made'),
    run('test -f made'),
    DONE,
  ]),
  healthy('a search that finds nothing', [run('grep -r needle .'), { text: 'There is none.' }]),
  healthy('a large output', [run('seq 1 4000'), DONE]),
  healthy('several calls in one answer', [
    { calls: [execCommand('echo a'), execCommand('echo b'), execCommand('echo c')] },
    DONE,
  ]),
  healthy('a command of six seconds', [
    run('sleep 6; echo awake', { yield_time_ms: 10_000 }),
    DONE,
  ]),
  healthy('a command whose output is asked for later', [
    run('sleep 2; echo awake', { yield_time_ms: 500 }),
    run('sleep 2; echo done'),
    DONE,
  ]),
  healthy(
    'a refused request, answered at the second try',
    [
      run('echo one'),
      refusedOnce(429, { code: 'rate_limit_exceeded', message: 'Slow down.' }),
      DONE,
    ].map((step, index) => (index === 1 ? { ...step, status: 503 } : step)),
    { providerSettings: 'request_max_retries = 3\nstream_max_retries = 2' },
  ),
  healthy(
    'a stream that breaks once',
    [run('echo one'), { text: 'one two', deltas: 2, fault: { kind: 'reset', after: 4 } }, DONE],
    { providerSettings: 'request_max_retries = 2\nstream_max_retries = 2' },
  ),
  healthy('an answer that says error, refused and 429', [
    {
      text: 'The error 429 means rate_limit_exceeded; the connection was refused: ECONNREFUSED. panicked at. Out of memory.',
    },
  ]),
  healthy('an output that says all sorts of errors', [
    run(
      'echo "Error: heap out of memory; Operation not permitted; timed out after 5 s; unsupported call"',
    ),
    DONE,
  ]),
  healthy('the same command three times', [
    run('date +%N'),
    run('date +%N'),
    run('date +%N'),
    DONE,
  ]),
  healthy('over a WebSocket', long(4), { isBuiltIn: true, server: { webSocket: true } }),
  healthy('bytes that are no UTF-8 in an output', [run("printf '\\377\\376'"), DONE]),
  answered('an accepted question', [run('echo one'), DONE], ['accept']),
  {
    ...answered('a declined question', [run('echo one'), { text: 'As you wish.' }], ['decline']),
    isQuick: true,
  },
  answered(
    'one accepted, one declined',
    [run('echo one'), run('echo two'), DONE],
    ['accept', 'decline'],
  ),
  answered('for the session', [run('echo one'), DONE], ['acceptForSession']),
  {
    title: 'healthy: an interrupted turn that was gone on from',
    record: appServer(
      'healthy interrupted',
      [{ text: 'one two three four', deltas: 4, holdAfter: 6 }, DONE],
      async (client, place) => {
        await place.model.responseSent(1, 6)
        const { thread } = (await client.told('thread/started')).params as {
          thread: { id: string }
        }
        const { turn } = (await client.told('turn/started')).params as { turn: { id: string } }
        await client.ask('turn/interrupt', { threadId: thread.id, turnId: turn.id })
        await client.told('turn/completed')
        place.model.release()
        await client.nextTurn()
        await client.told('turn/completed', 2)
        return undefined
      },
    ),
  },
  {
    title: 'healthy: two turns of an editor',
    record: appServer('healthy two turns', [DONE, DONE], async (client) => {
      await client.told('turn/completed')
      await pause(300)
      await client.nextTurn()
      await client.told('turn/completed', 2)
      return undefined
    }),
  },
  { title: 'healthy: resumed', record: () => resumed('healthy resumed', []) },
  {
    title: 'healthy: resumed with another model',
    record: () => resumed('healthy other model', ['-m', 'gpt-5.4']),
  },
  { title: 'healthy: compacted by itself', record: () => compacted() },
  { title: 'healthy: resumed twice', record: () => resumed('healthy resumed twice', [], 2) },
  spoken('a conversation whose prompt comes from the cache', GOES_ON),
  spoken('a sub-agent', [
    { request: asks(), answer: says('Asking another.') },
    {
      request: asks(message('user', 'You look.')),
      thread: 2,
      threadSource: 'subagent:thread_spawn',
      turn: 2,
      answer: says('I have looked.'),
    },
    {
      request: asks(
        message('assistant', 'Asking another.'),
        ...called(1, 'wait', {}, 'It has looked.'),
      ),
      answer: says('Done.'),
    },
  ]),
  spoken('two sub-agents and a title', [
    {
      request: asks(message('user', 'A title.')),
      thread: 4,
      threadSource: 'thread_title',
      turn: 4,
      answer: says('Greeting'),
    },
    { request: asks(), answer: says('Asking others.') },
    ...[2, 3].map((thread) => ({
      request: asks(message('user', `You look at ${thread}.`)),
      thread,
      threadSource: 'subagent:thread_spawn',
      turn: thread,
      answer: says('I have looked.'),
    })),
    {
      request: asks(
        message('assistant', 'Asking others.'),
        ...called(1, 'wait', {}, 'Both have looked.'),
      ),
      answer: says('Done.'),
    },
  ]),
  movingMarks('Messages, with marks for the cache that move', (block) => [block]),
  movingMarks('Messages, whose texts are blocks only where they have a mark', (block) =>
    'cache_control' in block ? [block] : block.text,
  ),
  spoken('Chat Completions with a tool', [
    {
      path: '/chat/completions',
      request: { model: 'm-1', messages: [{ role: 'user', content: 'Go.' }] },
      answer: {
        id: 'x',
        model: 'm-1-2025-01-01',
        choices: [
          {
            index: 0,
            finish_reason: 'tool_calls',
            message: {
              role: 'assistant',
              content: null,
              tool_calls: [
                { id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } },
              ],
            },
          },
        ],
      },
    },
    {
      path: '/chat/completions',
      request: {
        model: 'm-1',
        messages: [
          { role: 'user', content: 'Go.' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } },
            ],
          },
          { role: 'tool', tool_call_id: 'c1', content: 'seen' },
        ],
      },
      answer: {
        id: 'y',
        model: 'm-1-2025-01-01',
        choices: [
          { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Done.' } },
        ],
      },
    },
  ]),
  spoken('Gemini', [
    {
      path: '/models/g-1:streamGenerateContent?alt=sse',
      request: { contents: [{ role: 'user', parts: [{ text: 'Go.' }] }] },
      answer: [
        {
          candidates: [
            { content: { role: 'model', parts: [{ text: 'Done.' }] }, finishReason: 'STOP' },
          ],
          usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 3 },
          modelVersion: 'g-1-001',
        },
      ],
    },
  ]),
]

function asks(...input: object[]): object {
  return { model: 'gpt-5.5', stream: true, input: [message('user', 'Do it.'), ...input] }
}

async function resumed(title: string, more: readonly string[], times = 1): Promise<Explained> {
  await using place = await workplace(
    [run('echo one'), DONE, ...Array.from({ length: times }, () => [run('echo two'), DONE]).flat()],
    { providerSettings: FEW_TRIES },
  )
  await place.tacho(['codex', ...EXEC, '--persist-session', 'Begin'])
  for (let time = 0; time < times; time += 1) {
    await place.tacho([
      'codex',
      'exec',
      'resume',
      '--last',
      ...EXEC.slice(1),
      ...more,
      '--persist-session',
      'Go on',
    ])
  }
  return await explained(place, title)
}

/** Codex compacts a conversation by itself once it has this many tokens. */
async function compacted(): Promise<Explained> {
  const title = 'healthy compacted'
  await using place = await workplace(
    [
      { ...run('seq 1 200'), usage: { inputTokens: 9_000, outputTokens: 50 } },
      { ...run('echo two'), usage: { inputTokens: 12_000, outputTokens: 50 } },
      { text: 'Summary: it counted.', usage: { inputTokens: 900, outputTokens: 50 } },
      { ...DONE, usage: { inputTokens: 950, outputTokens: 5 } },
    ],
    { providerSettings: FEW_TRIES, settings: 'model_auto_compact_token_limit = 11000' },
  )
  writeFileSync(join(place.home.cwd, 'a.txt'), 'a')
  await place.tacho(['codex', ...EXEC, '--persist-session', 'Begin'])
  return await explained(place, title)
}
