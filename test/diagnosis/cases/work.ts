import { setTimeout as pause } from 'node:timers/promises'
import { execCommand, type Script, type Step } from '../../scripted-model/index.js'
import { appServer } from '../app-server.js'
import { type DiagnosisCase, type Explained, exec } from '../case.js'
import { called, message, says, speaks } from '../spoken-bodies.js'

const DONE = { text: 'Done.' }
const run = (command: string, more: object = {}) => ({ calls: [execCommand(command, { ...more })] })
const repeated = (count: number, step: Step) => Array.from({ length: count }, () => step)
const ASKED = message('user', 'Do it.')
const asks = (...input: object[]) => ({ model: 'gpt-5.5', stream: true, input: [ASKED, ...input] })

export const WORK_CASES: readonly DiagnosisCase[] = [
  {
    title: 'loop: the same command six times',
    injected: 'loop',
    isQuick: true,
    record: exec('loop', [...repeated(6, run('cat nothing-new.txt 2>/dev/null; echo same')), DONE]),
  },
  {
    title: 'loop: two commands in turn',
    injected: 'loop',
    record: exec('loop of two', [
      ...Array.from({ length: 5 }, () => [run('echo a'), run('echo b')]).flat(),
      DONE,
    ]),
  },
  {
    title: 'loop: the same call of another agent',
    injected: 'loop',
    record: speaks(
      'loop chat',
      Array.from({ length: 6 }, (_, n) => ({
        path: '/chat/completions',
        request: {
          model: 'm-1',
          messages: [
            { role: 'user', content: 'Go.' },
            ...Array.from({ length: n }, (_, k) => [
              {
                role: 'assistant',
                content: null,
                tool_calls: [
                  {
                    id: `c${k}`,
                    type: 'function',
                    function: { name: 'look', arguments: '{"at":"x"}' },
                  },
                ],
              },
              { role: 'tool', tool_call_id: `c${k}`, content: 'nothing there' },
            ]).flat(),
          ],
        },
        answer: {
          id: 'x',
          model: 'm-1',
          choices: [
            {
              index: 0,
              finish_reason: 'tool_calls',
              message: { role: 'assistant', content: null },
            },
          ],
        },
      })),
    ),
  },
  {
    title: 'tool-failing: three commands that fail',
    injected: 'tool-failing',
    record: exec('tool-failing', [
      run('cat one-missing.txt'),
      run('ls two-missing'),
      run('cd three-missing'),
      { text: 'I cannot.' },
    ]),
  },
  {
    title: 'tool-failing: Messages, is_error',
    injected: 'tool-failing',
    record: speaks(
      'tool-failing messages',
      [4].map((n) => ({
        path: '/messages',
        request: {
          model: 'c-1',
          max_tokens: 9,
          messages: [
            { role: 'user', content: 'Go.' },
            ...Array.from({ length: n }, (_, k) => [
              {
                role: 'assistant',
                content: [
                  { type: 'tool_use', id: `t${k}`, name: 'Bash', input: { command: `make ${k}` } },
                ],
              },
              {
                role: 'user',
                content: [
                  {
                    type: 'tool_result',
                    tool_use_id: `t${k}`,
                    is_error: true,
                    content: `make: no rule ${k}`,
                  },
                ],
              },
            ]).flat(),
          ],
        },
        answer: {
          id: 'm2',
          model: 'c-1',
          role: 'assistant',
          type: 'message',
          stop_reason: 'end_turn',
          content: [{ type: 'text', text: 'No.' }],
          usage: { input_tokens: 20, output_tokens: 9 },
        },
      })),
    ),
  },
  {
    title: 'tool-hung: a command that never returns, until SIGTERM',
    injected: 'tool-hung',
    also: ['signal'],
    record: exec('tool-hung', [run('sleep 600', { yield_time_ms: 30_000 }), DONE], {
      during: async (place, tacho) => {
        await place.model.responseSent(1)
        await pause(22_000)
        tacho.kill('SIGTERM')
      },
    }),
  },
  {
    title: 'tool-hung: asked for again and again',
    injected: 'tool-hung',
    record: exec(
      'tool-hung polled',
      [
        run('sleep 600', { yield_time_ms: 250 }),
        ...[1, 2, 3].map(() => ({
          calls: [
            { name: 'write_stdin', arguments: { session_id: 0, chars: '', yield_time_ms: 250 } },
          ],
        })),
        DONE,
      ].map((step, index) =>
        index === 0 || index > 3
          ? step
          : (request: { body: Record<string, unknown> }) => {
              const id = /Process running with session ID (\d+)/.exec(
                JSON.stringify(request.body),
              )?.[1]
              return {
                calls: [
                  {
                    name: 'write_stdin',
                    arguments: { session_id: Number(id), chars: '', yield_time_ms: 5000 },
                  },
                ],
              }
            },
      ) as Script,
    ),
  },
  {
    title: 'tool-hung: its time limit',
    injected: 'tool-hung',
    record: exec('tool-hung limit', [run('timeout 1 sleep 30'), { text: 'It hangs.' }]),
  },
  {
    title: 'unknown-tool: one that Codex has not',
    injected: 'unknown-tool',
    record: exec('unknown-tool', [{ calls: [{ name: 'deploy_everything', arguments: {} }] }, DONE]),
  },
  {
    title: 'bad-arguments: no JSON',
    injected: 'bad-arguments',
    record: exec('bad-arguments', [
      { calls: [{ name: 'exec_command', arguments: '{"cmd": "ech' }] },
      DONE,
    ]),
  },
  {
    title: 'bad-arguments: a field is missing',
    injected: 'bad-arguments',
    record: exec('bad-arguments field', [
      { calls: [{ name: 'exec_command', arguments: { command: 'echo' } }] },
      DONE,
    ]),
  },
  {
    title: 'sandbox-denied: a file is written where none may be',
    injected: 'sandbox-denied',
    record: exec('sandbox-denied', [run('echo x > made.txt'), { text: 'I may not.' }], {
      args: ['exec', '--skip-git-repo-check', '-c', 'approval_policy="never"'],
      sandboxMode: 'read-only',
    }),
  },
  {
    title: 'sandbox-denied: as another agent tells it',
    injected: 'sandbox-denied',
    record: speaks('sandbox-denied other', [
      { request: asks(), answer: says('Writing.') },
      {
        request: asks(
          ...called(
            1,
            'shell',
            { command: ['touch', '/x'] },
            'Exit code: 1\nfailed in sandbox: touch: /x: Operation not permitted',
          ),
        ),
        answer: says('No.'),
      },
    ]),
  },
  {
    title: 'tool-denied: by the policy',
    injected: 'tool-denied',
    record: exec(
      'tool-denied',
      [
        run('echo x > made.txt', {
          sandbox_permissions: 'require_escalated',
          justification: 'May I?',
        }),
        { text: 'I may not.' },
      ],
      {
        args: ['exec', '--skip-git-repo-check', '-c', 'approval_policy="never"'],
      },
    ),
  },
  {
    title: 'tool-denied: the same thing twice',
    injected: 'tool-denied',
    record: appServer(
      'tool-denied twice',
      [run('echo one'), run('echo one'), DONE],
      async (client) => {
        for (const count of [1, 2]) {
          const { id } = await client.commandQuestion(count)
          client.say({ id: id ?? -1, result: { decision: 'decline' } })
        }
        await client.told('turn/completed')
        return undefined
      },
    ),
  },
  {
    title: 'waiting-dominates: half a minute for one answer',
    injected: 'waiting-dominates',
    record: answeredAfter(31_000, 'waiting-dominates'),
  },
  {
    title: 'healthy: twelve seconds to read a command before it is allowed',
    record: answeredAfter(12_000, 'read before allowed'),
  },
  {
    title: 'subagent-failed: its API refuses it',
    injected: 'subagent-failed',
    also: ['bad-request'],
    record: speaks('subagent-failed', [
      { request: asks(), answer: says('Asking another.') },
      {
        request: { model: 'gpt-5.5', stream: true, input: [message('user', 'Look.')] },
        thread: 2,
        threadSource: 'subagent:thread_spawn',
        turn: 2,
        status: 400,
        answer: { error: { type: 'invalid_request_error', message: 'No.' } },
      },
      {
        request: asks(message('assistant', 'Asking another.'), message('user', 'It failed.')),
        answer: says('Done.'),
      },
    ]),
  },
]

/** A session in which one question waits for its answer. */
function answeredAfter(milliseconds: number, title: string): () => Promise<Explained> {
  return appServer(title, [run('echo one'), DONE], async (client) => {
    const { id } = await client.commandQuestion()
    await pause(milliseconds)
    client.say({ id: id ?? -1, result: { decision: 'accept' } })
    await client.told('turn/completed')
    return undefined
  })
}
