import { appendFileSync, cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { CauseCode, EndCode } from '@tacho/model'
import type { Editor } from '../../agents/acp/editor.js'
import { chosen } from '../../agents/acp/editor.js'
import { AGENT, editorsPlace } from '../../agents/acp/place.js'
import { BYPASS, type ClaudePlace, claudePlace } from '../../agents/claude/place.js'
import { say } from '../../agents/claude/say.js'
import { geminiPlace } from '../../agents/gemini/place.js'
import { opencodePlace } from '../../agents/opencode/place.js'
import { workplace } from '../../agents/workplace.js'
import { type Command, eventually, type Running, run, tachoCommand } from '../../host/index.js'
import type { Terminal } from '../../host/tmux.js'
import { recordedTui } from '../../host/tui-terminals.js'
import { execCommand, type Script, type Step, type ToolCall } from '../../scripted-model/index.js'
import { type DiagnosisCase, type Explained, FEW_TRIES } from '../case.js'
import { agentOf } from '../processes.js'

/** Sessions of real agents other than `codex exec`: TUIs, other agents, editors, any program. */

const DONE = { text: 'Done.' }
const HOLDS = { text: 'one two three four', deltas: 4, holdAfter: 3 }

function refusal(status: number, body: object): Step {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

type Truth = { also?: readonly CauseCode[]; ended?: EndCode }

function one(
  injected: CauseCode | undefined,
  what: string,
  record: (title: string) => Promise<Explained>,
  truth: Truth = {},
): DiagnosisCase {
  const title = `${injected ?? 'healthy'}: ${what}`
  const titled = { title, record: () => record(title), ...truth }
  return injected === undefined ? titled : { injected, ...titled }
}

/** Puts the session's folder where the caller asks for it, as `explained` does. */
function kept(said: Explained & { folder: string }, title: string): Explained {
  const keep = process.env.TACHO_DIAGNOSIS_KEEP
  if (keep !== undefined) {
    mkdirSync(keep, { recursive: true })
    cpSync(said.folder, join(keep, title.replaceAll(/[^\w]+/g, '-')), { recursive: true })
  }
  return said
}

const bash = (command: string): ToolCall => ({ name: 'Bash', arguments: { command } })

type ClaudeOptions = Truth & {
  args?: readonly string[]
  during?: (place: ClaudePlace, tacho: Running) => Promise<void>
  environment?: Record<string, string>
  prepare?: (place: ClaudePlace) => void
  again?: readonly string[]
}

/** A session of the real `claude -p`. */
function claude(
  injected: CauseCode | undefined,
  what: string,
  script: Script,
  { args = [], during, environment, prepare, again, ...truth }: ClaudeOptions = {},
): DiagnosisCase {
  return one(
    injected,
    `Claude Code, ${what}`,
    async (title) => {
      await using place = await claudePlace(script, {
        environment: { CLAUDE_CODE_MAX_RETRIES: '2', ...environment },
      })
      prepare?.(place)
      const words = ['claude', '--persist-session', '-p', 'Do it.', ...BYPASS, ...args]
      await using tacho = place.startTacho(words, { stdin: '' })
      await during?.(place, tacho)
      await tacho.ended
      if (again !== undefined) await place.tacho([...words, ...again])
      return kept(await place.said('explain'), title)
    },
    truth,
  )
}

/** A session of its TUI. */
function claudeTui(
  injected: CauseCode | undefined,
  what: string,
  script: Script,
  drive: (terminal: Terminal, place: ClaudePlace) => Promise<void>,
  truth: Truth = {},
): DiagnosisCase {
  return one(
    injected,
    `Claude Code's TUI, ${what}`,
    async (title) => {
      await using place = await claudePlace(script)
      await using terminal = await place.tui('Do it.')
      await drive(terminal, place)
      await leave(terminal, '/exit')
      return kept(await place.said('explain'), title)
    },
    truth,
  )
}

async function leave(terminal: Terminal, words: string): Promise<void> {
  terminal.type(words)
  await terminal.showing(words)
  await eventually(() => {
    terminal.press('Enter')
    if (!/ended \d+/.test(terminal.screen)) throw new Error('it is still there')
  })
}

const ASKED = 'Do you want to proceed?'
const looks = (name: string): ToolCall => ({ name: 'Read', arguments: { file_path: name } })

const CLAUDE = [
  claude(undefined, 'three tools', [
    { calls: [bash('echo one')] },
    { text: 'So.', calls: [bash('ls'), bash('pwd')] },
    DONE,
  ]),
  claude(undefined, 'a sub-agent', [
    {
      calls: [
        {
          name: 'Agent',
          arguments: {
            ...{ description: 'look', prompt: 'Look', subagent_type: 'general-purpose' },
            run_in_background: false,
          },
        },
      ],
    },
    { text: 'I looked.' },
    DONE,
  ]),
  claude(undefined, 'gone on with', [{ calls: [bash('echo one')] }, DONE, { text: 'Again.' }], {
    again: ['--continue'],
  }),
  claude(undefined, 'a command that fails, and is mended', [
    { calls: [bash('cat missing.txt')] },
    { calls: [bash('echo x > missing.txt; cat missing.txt')] },
    DONE,
  ]),
  claude('overloaded', '529 to the end', [
    { calls: [bash('echo one')] },
    refusal(529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
  ]),
  claude('quota', 'a credit balance', [
    refusal(400, {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'Your credit balance is too low to access the Anthropic API.',
      },
    }),
  ]),
  claude(
    'context-overflow',
    'a prompt that is too long',
    [
      { calls: [bash('echo one')] },
      refusal(400, {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'prompt is too long: 208310 tokens > 200000 maximum',
        },
      }),
      // It tries to compact, and tries again.
    ],
    { also: ['retry-storm'] },
  ),
  claude('user-interrupt', 'Ctrl-C in the middle of an answer', [HOLDS], {
    during: async (place, tacho) => {
      await place.model.responseSent(1, 3)
      tacho.kill('SIGINT')
    },
  }),
  claude('signal', 'SIGKILL of the agent', [HOLDS], {
    during: async (place, tacho) => {
      await place.model.responseSent(1, 3)
      process.kill(await agentOf(tacho.pid, 'claude-code'), 'SIGKILL')
    },
  }),
  claude('loop', 'the same command five times', [
    ...Array.from({ length: 5 }, () => ({ calls: [bash('ls src || echo nothing')] })),
    DONE,
  ]),
  claude('tool-failing', 'three files that are not there', [
    { calls: [looks('/nowhere/a.ts')] },
    { calls: [looks('/nowhere/b.ts')] },
    { calls: [looks('/nowhere/c.ts')] },
    { text: 'I cannot.' },
  ]),
  claude('unknown-tool', 'one that it has not', [
    { calls: [{ name: 'mcp__gone__look', arguments: {} }] },
    { text: 'I cannot.' },
  ]),
  claude(
    'tool-hung',
    'a pipe that nobody writes to, until Ctrl-C',
    [{ calls: [bash('mkfifo q; cat q')] }],
    {
      also: ['user-interrupt'],
      during: async (place, tacho) => {
        await eventually(() => statSync(join(place.home.cwd, 'q')))
        await pause(21_000)
        tacho.kill('SIGINT')
      },
    },
  ),
  claudeTui(
    undefined,
    'a question that is answered with yes',
    [{ calls: [bash('mkfifo q1')] }, DONE],
    async (terminal) => {
      await terminal.showing(ASKED)
      await terminal.answer('1', ASKED)
      await terminal.showing('Done.')
    },
  ),
  claudeTui(
    undefined,
    'two turns, each with a tool',
    [{ calls: [bash('echo one')] }, { text: 'One.' }, { calls: [bash('echo two')] }, DONE],
    async (terminal) => {
      await terminal.showing('One.')
      await say(terminal, 'Do it again.')
      await terminal.showing('Done.')
    },
  ),
  claudeTui(
    'approval-cancelled',
    'a question that is answered with Esc',
    [{ calls: [bash('mkfifo q1')] }],
    async (terminal, place) => {
      await terminal.showing(ASKED)
      await terminal.answer('Escape', ASKED)
      await terminal.showing('What should Claude do instead?')
      await eventually(() => {
        if (!place.session().text('session_events.log').includes('user_reject')) throw new Error()
      })
    },
  ),
  claudeTui(
    'user-interrupt',
    'Esc in the middle of an answer',
    [{ text: 'This has no end, '.repeat(40), deltas: 40, holdAfter: 20 }],
    async (terminal, place) => {
      await place.model.responseSent(1, 20)
      await terminal.showing('This has no end')
      await terminal.answer('Escape', 'esc to interrupt')
      await place.model.clientGone(1)
    },
  ),
]

const ASKS = execCommand('echo hello > made.txt', {
  sandbox_permissions: 'require_escalated',
  justification: 'May I write a file?',
})

/** A session of Codex's TUI. */
function tui(
  injected: CauseCode | undefined,
  what: string,
  script: Script,
  drive: (terminal: Terminal, place: Awaited<ReturnType<typeof workplace>>) => Promise<void>,
  truth: Truth = {},
): DiagnosisCase {
  return one(
    injected,
    `Codex's TUI, ${what}`,
    async (title) => {
      await using place = await workplace(script, { providerSettings: FEW_TRIES })
      await using terminal = await recordedTui(place, ['Do it.'])
      await drive(terminal, place)
      const { stdout } = await place.tacho(['explain', 'last', '--json'])
      return kept(JSON.parse(stdout.toString()), title)
    },
    truth,
  )
}

const CODEX = [
  tui(
    undefined,
    'two turns, and a question',
    [{ calls: [ASKS] }, DONE, { text: 'Again.' }],
    async (terminal) => {
      await terminal.showing('Yes, proceed (y)')
      await terminal.answer('y', 'Yes, proceed (y)')
      await terminal.showing('Done.')
      terminal.paste('Once more')
      terminal.press('Enter')
      await terminal.showing('Again.')
      await leave(terminal, '/quit')
    },
  ),
  tui(
    'user-interrupt',
    'Esc in the middle of an answer',
    [{ text: 'This has no end, '.repeat(40), deltas: 40, holdAfter: 20 }],
    async (terminal, place) => {
      await place.model.responseSent(1, 20)
      await terminal.showing('This has no end')
      terminal.press('Escape')
      await terminal.showing('Conversation interrupted')
      await leave(terminal, '/quit')
    },
  ),
  tui('approval-cancelled', 'Esc at a question', [{ calls: [ASKS] }], async (terminal) => {
    await terminal.showing('Yes, proceed (y)')
    await eventually(() => {
      terminal.press('Escape')
      if (!terminal.screen.includes('You canceled the request')) throw new Error()
    })
    await leave(terminal, '/quit')
  }),
  tui(
    'overloaded',
    'the API is, to the end',
    [refusal(503, { error: { type: 'server_error', message: 'The server is overloaded.' } })],
    async (terminal, place) => {
      await place.model.responseSent(1)
      await terminal.showing(/overloaded|exceeded retry limit/i)
      await leave(terminal, '/quit')
    },
  ),
]

const GEMINI = ['gemini', '--persist-session', '-m', 'gemini-2.5-flash', '-p', 'Do it.']
const reads = (name: string): ToolCall => ({ name: 'read_file', arguments: { file_path: name } })

function gemini(injected: CauseCode | undefined, what: string, script: Script, truth: Truth = {}) {
  return one(
    injected,
    `Gemini CLI, ${what}`,
    async (title) => {
      await using place = await geminiPlace(script)
      writeFileSync(join(place.cwd, 'x.txt'), 'hello\n')
      await place.tacho(...GEMINI)
      return kept(await place.told('explain', 'last'), title)
    },
    truth,
  )
}

const GEMINIS = [
  gemini(undefined, 'a file that is read', [{ calls: [reads('x.txt')] }, DONE]),
  gemini('auth', 'a key that is none', [
    refusal(400, {
      error: {
        ...{ code: 400, status: 'INVALID_ARGUMENT', message: 'API key not valid.' },
        details: [{ reason: 'API_KEY_INVALID' }],
      },
    }),
  ]),
  gemini('tool-failing', 'files that are not there', [
    ...['a', 'b', 'c'].map((name) => ({ calls: [reads(`${name}.txt`)] })),
    { text: 'I cannot.' },
  ]),
  gemini('loop', 'the same file five times', [
    ...Array.from({ length: 5 }, () => ({ calls: [reads('x.txt')] })),
    DONE,
  ]),
]

function opencode(
  injected: CauseCode | undefined,
  what: string,
  script: Script,
  truth: Truth = {},
) {
  return one(
    injected,
    `opencode, ${what}`,
    async (title) => {
      await using place = await opencodePlace(script)
      await place.tacho('opencode', 'run', '--persist-session', 'Do it.')
      return kept(await place.told('explain', 'last'), title)
    },
    truth,
  )
}

const says = (command: string): ToolCall => ({
  name: 'bash',
  arguments: { command, description: 'Runs it' },
})

const OPENCODES = [
  opencode(undefined, 'two commands', [
    { calls: [says('echo one')] },
    { calls: [says('cat missing.txt')] },
    DONE,
  ]),
  opencode('model-not-found', '404', [
    refusal(404, {
      error: {
        message: 'The model `gpt-x` does not exist or you do not have access to it.',
        ...{ type: 'invalid_request_error', code: 'model_not_found' },
      },
    }),
  ]),
  opencode('tool-hung', 'its time limit', [
    {
      calls: [
        {
          name: 'bash',
          arguments: { command: 'echo begun; sleep 30', description: 'Waits', timeout: 1500 },
        },
      ],
    },
    { text: 'It hangs.' },
  ]),
]

/** A session of an agent that speaks ACP, driven as an editor does. */
function acp(
  injected: CauseCode | undefined,
  what: string,
  drive: (editor: Editor, id: string, cwd: string) => Promise<unknown>,
  truth: Truth & { script?: Script } = {},
): DiagnosisCase {
  const { script, ...rest } = truth
  return one(
    injected,
    `ACP, ${what}`,
    async (title) => {
      await using place = await editorsPlace(script)
      await using editor = place.recorded(AGENT)
      await editor.initialize()
      const id = await editor.session(place.home.cwd)
      await drive(editor, id, place.home.cwd)
      await editor.hangUp()
      const { stdout } = await run(tachoCommand, ['explain', 'last', '--json'], place.own)
      return kept(JSON.parse(stdout.toString()), title)
    },
    rest,
  )
}

const ACP = [
  acp(undefined, 'a tool, a question and an answer', async (editor, id) => {
    const turn = editor.prompt(id, 'tool ask say')
    const { answer } = await editor.question()
    answer(chosen('proceed_once'))
    await turn
  }),
  acp(undefined, 'a question that is declined', async (editor, id) => {
    const turn = editor.prompt(id, 'ask')
    const { answer } = await editor.question()
    answer(chosen('cancel'))
    await turn
  }),
  acp('approval-cancelled', 'a question is answered by stopping', async (editor, id) => {
    const turn = editor.prompt(id, 'edit')
    const { answer } = await editor.question()
    await editor.cancel(id)
    answer({ outcome: 'cancelled' })
    await turn
  }),
  acp('approval-unanswered', 'the editor goes while a question is open', async (editor, id) => {
    editor.prompt(id, 'ask').catch(() => {})
    await editor.question()
  }),
  acp('crash', 'the agent ends with 7 in the middle of a turn', async (editor, id) => {
    await editor.prompt(id, 'say die').catch(() => {})
  }),
  acp(
    'overloaded',
    'the API is',
    async (editor, id) => {
      await editor.prompt(id, 'say')
    },
    { script: [refusal(503, { error: { message: 'The model is overloaded.' } })] },
  ),
]

/** A program that knows nothing of us, in another language. */
function program(
  injected: CauseCode | undefined,
  what: string,
  script: Script,
  command: Command,
  source: string,
  truth: Truth = {},
): DiagnosisCase {
  return one(
    injected,
    `a program, ${what}`,
    async (title) => {
      await using place = await editorsPlace(script)
      const path = join(place.home.cwd, 'program')
      appendFileSync(path, source)
      await run(tachoCommand, ['run', '--persist-session', '--', ...command, path], {
        ...place.own,
        stdin: '',
      })
      const { stdout } = await run(tachoCommand, ['explain', 'last', '--json'], place.own)
      return kept(JSON.parse(stdout.toString()), title)
    },
    truth,
  )
}

const PYTHON = ['python3'] as const
const IN_PYTHON = `
import json, os, sys, urllib.request
def ask(text):
    request = urllib.request.Request(os.environ['OPENAI_BASE_URL'] + '/chat/completions',
        json.dumps({'model': 'm-1', 'messages': [{'role': 'user', 'content': text}]}).encode(),
        {'content-type': 'application/json'})
    return json.load(urllib.request.urlopen(request))
`

const PROGRAMS = [
  program(undefined, 'Python', [DONE], PYTHON, `${IN_PYTHON}\nask('hello')\n`),
  program(
    'crash',
    'Python, an exception',
    [DONE],
    PYTHON,
    `${IN_PYTHON}\nask('hello')\n{}['choices']\n`,
  ),
  program(
    'rate-limited',
    'Python, which ends with a traceback for it',
    [refusal(429, { error: { message: 'Rate limit reached', code: 'rate_limit_exceeded' } })],
    PYTHON,
    `${IN_PYTHON}\nask('hello')\n`,
  ),
  program(
    'crash',
    'Python, an exit code and a word about it',
    [DONE],
    PYTHON,
    `${IN_PYTHON}\nask('hello')\nprint('config.toml: no such key', file=sys.stderr)\nsys.exit(3)\n`,
  ),
  program(
    'oom-killed',
    'Python, MemoryError',
    [DONE],
    PYTHON,
    `${IN_PYTHON}\nimport resource\nask('hello')\nresource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))\nheld = [bytearray(64 << 20) for _ in range(64)]\n`,
  ),
  program(
    'signal',
    'Python, which ends itself with SIGTERM',
    [DONE],
    PYTHON,
    `${IN_PYTHON}\nask('hello')\nos.kill(os.getpid(), 15)\n`,
  ),
]

export const REAL_AGENT_CASES: readonly DiagnosisCase[] = [
  ...CODEX,
  ...CLAUDE,
  ...GEMINIS,
  ...OPENCODES,
  ...ACP,
  ...PROGRAMS,
]
