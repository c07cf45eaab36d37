import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { CauseCode, EndCode } from '@tacho/model'
import { sessionIdOf, standIn } from '../../agents/stand-in.js'
import { EXEC, workplace } from '../../agents/workplace.js'
import { eventually, repositoryRoot, start, tachoCommand } from '../../host/index.js'
import { execCommand, type Script, type Step } from '../../scripted-model/index.js'
import { appServer } from '../app-server.js'
import {
  type DiagnosisCase,
  type ExecOptions,
  type Explained,
  exec,
  explained,
  FEW_TRIES,
} from '../case.js'
import { agentOf, descendants, killAll } from '../processes.js'

/**
 * Unusual ends, causes in the middle of a session that goes on, two causes at once; and what only
 * looks like one.
 */

const WORKS = { text: 'Looking.', calls: [execCommand('echo one')] }
const HOLDS = { text: 'one two three four', deltas: 4, holdAfter: 6 }
const DONE = { text: 'Done.' }
const run = (command: string, more: object = {}) => ({ calls: [execCommand(command, { ...more })] })
const refusal = (status: number, error: object): Step => ({
  status,
  body: JSON.stringify({ error }),
})

type Truth = { also?: readonly CauseCode[]; ended?: EndCode }

function one(
  injected: CauseCode | undefined,
  what: string,
  script: Script,
  options: ExecOptions = {},
  truth: Truth = {},
): DiagnosisCase {
  const title = `${injected ?? 'healthy'}: ${what}`
  const made = { title, record: exec(title, script, options), ...truth }
  return injected === undefined ? made : { ...made, injected }
}

function editor(
  injected: CauseCode | undefined,
  what: string,
  script: Script,
  drive: Parameters<typeof appServer>[2],
  truth: Truth = {},
): DiagnosisCase {
  const title = `${injected ?? 'healthy'}: ${what}`
  const made = { title, record: appServer(title, script, drive), ...truth }
  return injected === undefined ? made : { ...made, injected }
}

/** A program in Codex's place that talks to its model once and then does this. */
function program(
  injected: CauseCode | undefined,
  what: string,
  source: string,
  truth: Truth = {},
): DiagnosisCase {
  const title = `${injected ?? 'healthy'}: ${what}`
  const record = async (): Promise<Explained> => {
    await using place = await workplace([DONE], {
      codex: standIn(`ask('hello').then(() => { ${source} })`),
    })
    await place.tacho(['codex', 'exec', '--persist-session', 'hello'])
    return await explained(place, title, sessionIdOf(1))
  }
  return injected === undefined
    ? { title, record, ...truth }
    : { title, injected, record, ...truth }
}

const says = (words: string) => `fs.writeSync(2, ${JSON.stringify(`${words}\n`)});`

const ENDS: readonly DiagnosisCase[] = [
  one('crash', 'SIGABRT of the real Codex', [WORKS, HOLDS], {
    during: async (place, tacho) => {
      await place.model.responseSent(2, 6)
      process.kill(await agentOf(tacho.pid), 'SIGABRT')
    },
  }),
  one('signal', 'SIGQUIT of the real Codex', [WORKS, HOLDS], {
    during: async (place, tacho) => {
      await place.model.responseSent(2, 6)
      process.kill(await agentOf(tacho.pid), 'SIGQUIT')
    },
  }),
  program(
    'crash',
    'Go',
    `${says('panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.main()')} process.exit(2)`,
  ),
  program(
    'crash',
    'Java',
    `${says('Exception in thread "main" java.lang.NullPointerException\n\tat Main.main(Main.java:3)')} process.exit(1)`,
  ),
  program(
    'crash',
    '.NET',
    `${says('Unhandled exception. System.NullReferenceException: Object reference not set')} process.abort()`,
  ),
  program('crash', 'an exit code of SIGSEGV', 'process.exit(139)'),
  program('crash', 'an exit code of SIGABRT', 'process.exit(134)'),
  program('signal', 'an exit code of SIGKILL', 'process.exit(137)'),
  program('user-interrupt', 'an exit code of SIGINT', 'process.exit(130)'),
  program('signal', 'SIGALRM', "process.kill(process.pid, 'SIGALRM'); setInterval(() => {}, 1000)"),
  program(
    'crash',
    'a limit of processor time',
    "process.kill(process.pid, 'SIGXCPU'); setInterval(() => {}, 1000)",
  ),
  program('crash', 'an exit code of SIGXFSZ', 'process.exit(153)'),
  program(
    'oom-killed',
    'C++',
    `${says("terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc")} process.abort()`,
  ),
  program('oom-killed', 'Go', `${says('fatal error: runtime: out of memory')} process.exit(2)`),
  program(
    'oom-killed',
    'Java',
    `${says('Exception in thread "main" java.lang.OutOfMemoryError: Java heap space')} process.exit(1)`,
  ),
  program(
    'oom-killed',
    'Node, a buffer',
    `${says('RangeError: Array buffer allocation failed')} process.exit(1)`,
  ),
  program(
    'oom-killed',
    'Bun',
    `${says('panic(main thread): Bun ran out of memory')} process.kill(process.pid, 'SIGILL')`,
  ),
  program(
    'oom-killed',
    'a fork that is given none',
    `${says('fork: Cannot allocate memory')} process.exit(254)`,
  ),
  { title: 'signal: timeout(1)', injected: 'signal', record: () => timed(['timeout', '6']) },
  {
    title: 'recorder-killed: timeout(1) -s KILL',
    injected: 'recorder-killed',
    record: () => timed(['timeout', '-s', 'KILL', '6']),
  },
  {
    title: 'power-loss: with pages of zeros',
    injected: 'power-loss',
    also: ['records-lost'],
    record: () => powerLoss(true),
  },
  {
    title: 'power-loss: an empty manifest',
    injected: 'power-loss',
    also: ['records-lost'],
    record: () => powerLoss(false),
  },
  { title: 'clock-jump: back by an hour', injected: 'clock-jump', record: () => clock(-3600) },
  { title: 'clock-jump: ahead by five minutes', injected: 'clock-jump', record: () => clock(300) },
  {
    title: 'not-delivered: a collector that refuses',
    injected: 'not-delivered',
    record: () => refusedByCollector(401),
  },
  editor(
    'recorder-killed',
    'while a question is open',
    [WORKS, DONE],
    async (client, place, tacho) => {
      await client.commandQuestion()
      await eventually(() => {
        if (!place.session().text('session_meta.log').includes('approval command'))
          throw new Error()
      })
      const others = descendants(tacho.pid)
      tacho.kill('SIGKILL')
      await tacho.ended
      for (const pid of others) killAll(pid)
      return explained(place, 'recorder killed question')
    },
    { also: ['approval-unanswered'] },
  ),
  editor(
    'approval-unanswered',
    'ended by SIGHUP',
    [WORKS, DONE],
    async (client, _, tacho) => {
      await client.commandQuestion()
      tacho.kill('SIGHUP')
      await tacho.ended
      return undefined
    },
    { also: ['signal'] },
  ),
]

const OVERFLOW = refusal(400, {
  type: 'invalid_request_error',
  code: 'context_length_exceeded',
  message: 'Your input exceeds the context window of this model.',
})

const threeTurns = (
  what: string,
  injected: CauseCode | undefined,
  script: Script,
  truth: Truth = {},
) =>
  editor(
    injected,
    what,
    script,
    async (client) => {
      await client.told('turn/completed', 1)
      await client.nextTurn()
      await client.told('turn/completed', 2)
      await client.nextTurn()
      await client.told('turn/completed', 3)
      return undefined
    },
    truth,
  )

const MIDDLE: readonly DiagnosisCase[] = [
  threeTurns('the second of three turns', 'server-error', [
    DONE,
    ...Array.from({ length: 4 }, () => refusal(500, { message: 'oops' })),
    DONE,
  ]),
  threeTurns('the second of three turns', 'context-overflow', [DONE, OVERFLOW, DONE]),
  threeTurns('the first of three turns', 'bad-request', [
    refusal(400, { type: 'invalid_request_error', message: 'No.' }),
    DONE,
    DONE,
  ]),
  threeTurns('the last of three turns', 'auth', [
    DONE,
    DONE,
    refusal(401, { message: 'Bad key.' }),
  ]),
  threeTurns('the second of three turns', 'unknown-tool', [
    DONE,
    { calls: [{ name: 'no_such', arguments: {} }] },
    DONE,
    DONE,
  ]),
  {
    title: 'auth: when it was resumed',
    injected: 'auth',
    record: () =>
      resumed([
        WORKS,
        DONE,
        refusal(401, { code: 'invalid_api_key', message: 'Incorrect API key.' }),
      ]),
  },
  {
    title: 'healthy: killed, resumed and done',
    record: () => resumed([WORKS, HOLDS, DONE], 'SIGKILL'),
  },
  {
    title: 'healthy: interrupted, resumed and done',
    record: () => resumed([WORKS, HOLDS, DONE], 'SIGINT'),
  },
  {
    title: 'bad-request: it was resumed and done then',
    injected: 'bad-request',
    record: () => resumed([WORKS, refusal(400, { message: 'No.' }), DONE]),
  },
]

const ws = { isBuiltIn: true, server: { webSocket: true } } as const
const SOCKETS = [
  one(
    'rate-limited',
    'over a WebSocket, in the stream',
    [
      WORKS,
      {
        text: 'I',
        failed: {
          code: 'rate_limit_exceeded',
          message: 'Rate limit reached. Please try again in 1s.',
        },
      },
    ],
    ws,
    { also: ['retry-storm'] },
  ),
  one(
    'server-error',
    'over a WebSocket, in the stream',
    [WORKS, { text: 'I', failed: { code: 'server_error', message: 'An error occurred.' } }],
    ws,
    { also: ['retry-storm'] },
  ),
  one(
    'reset-mid-stream',
    'over a WebSocket',
    [WORKS, { text: 'one two', deltas: 2, fault: { kind: 'reset', after: 4 } }],
    ws,
    { also: ['retry-storm'] },
  ),
  one(
    'stream-ended-early',
    'over a WebSocket',
    [WORKS, { text: 'one two', deltas: 2, fault: { kind: 'end', after: 4, code: 1011 } }],
    ws,
    { also: ['retry-storm'] },
  ),
]

const TWO = [
  one(
    'loop',
    'until Ctrl-C',
    [...Array.from({ length: 6 }, () => run('echo same')), HOLDS],
    {
      during: async (place, tacho) => {
        await place.model.responseSent(7, 6)
        tacho.kill('SIGINT')
      },
    },
    { also: ['user-interrupt'] },
  ),
  one(
    'tool-failing',
    'until SIGTERM',
    [run('cat a-missing'), run('ls b-missing'), run('cd c-missing'), HOLDS],
    {
      during: async (place, tacho) => {
        await place.model.responseSent(4, 6)
        tacho.kill('SIGTERM')
      },
    },
    { also: ['signal'] },
  ),
  one(
    'slow-first-token',
    'until Ctrl-C',
    [WORKS, { text: 'x', headDelay: 60_000 }],
    {
      during: async (place, tacho) => {
        await eventually(() => {
          if (place.session().exchanges.length < 2) throw new Error()
        })
        await pause(12_500)
        tacho.kill('SIGINT')
      },
    },
    { also: ['user-interrupt'] },
  ),
  one(
    'stalled-stream',
    'until SIGTERM',
    [WORKS, HOLDS],
    {
      during: async (place, tacho) => {
        await place.model.responseSent(2, 6)
        await pause(12_500)
        tacho.kill('SIGTERM')
      },
    },
    { also: ['signal'] },
  ),
  one(
    'server-error',
    'until Ctrl-C',
    [WORKS, refusal(500, { message: 'oops' })],
    {
      providerSettings: 'request_max_retries = 10\nstream_max_retries = 10',
      during: async (place, tacho) => {
        await eventually(() => {
          if (place.session().exchanges.length < 4) throw new Error()
        })
        tacho.kill('SIGINT')
      },
    },
    { also: ['user-interrupt', 'retry-storm'] },
  ),
]

const SOUND = [
  one(undefined, 'an output that says that the rate is limited', [
    run(
      'echo "error: rate limit exceeded (429)"; echo \'{"error":{"code":"insufficient_quota"}}\'',
    ),
    DONE,
  ]),
  one(undefined, 'grep, diff and test say no', [
    run('grep -rn needle .'),
    run('echo a > a; echo b > b; diff a b'),
    run('test -f nothing'),
    { text: 'They differ.' },
  ]),
  one(undefined, 'a thought of a minute', [{ reasoning: 'Hm.', text: 'Done.', holdAfter: 3 }], {
    during: async (place) => {
      await place.model.responseSent(1, 3)
      await pause(62_000)
      place.model.release()
    },
  }),
  one(undefined, 'polls that get on', [
    ...Array.from({ length: 6 }, () => run('echo x >> made; wc -l < made')),
    DONE,
  ]),
  one(
    undefined,
    'four tries in vain',
    [WORKS, ...Array.from({ length: 4 }, () => refusal(500, { message: 'oops' })), DONE],
    { providerSettings: 'request_max_retries = 4\nstream_max_retries = 5' },
  ),
  one(undefined, 'a tool that was killed', [run('kill -9 $$'), run('echo one'), DONE]),
  one(undefined, 'a tool that fails last, once', [
    run('echo one'),
    run('false'),
    { text: 'It fails.' },
  ]),
  one(undefined, 'a command of 25 seconds', [
    run('sleep 25; echo awake', { yield_time_ms: 30_000 }),
    DONE,
  ]),
  one(undefined, 'Ctrl-Z and fg', [WORKS, HOLDS], {
    during: async (place, tacho) => {
      await place.model.responseSent(2, 6)
      const all = [tacho.pid, ...descendants(tacho.pid)]
      for (const pid of all) process.kill(pid, 'SIGSTOP')
      await pause(3000)
      for (const pid of all) process.kill(pid, 'SIGCONT')
      place.model.release()
    },
  }),
  editor(
    undefined,
    'its user is away for twelve seconds between two turns',
    [DONE, DONE],
    async (client) => {
      await client.told('turn/completed')
      await pause(12_000)
      await client.nextTurn()
      await client.told('turn/completed', 2)
      return undefined
    },
  ),
  editor(
    undefined,
    'one is declined and another accepted',
    [run('echo one'), run('echo two'), DONE],
    async (client) => {
      const first = await client.commandQuestion(1)
      client.say({ id: first.id ?? -1, result: { decision: 'decline' } })
      const second = await client.commandQuestion(2)
      client.say({ id: second.id ?? -1, result: { decision: 'accept' } })
      await client.told('turn/completed')
      return undefined
    },
  ),
]

export const STRANGE_CASES: readonly DiagnosisCase[] = [
  ...ENDS,
  ...MIDDLE,
  ...SOCKETS,
  ...TWO,
  ...SOUND,
]

async function timed(by: [string, ...string[]]): Promise<Explained> {
  await using place = await workplace([WORKS, HOLDS], { providerSettings: FEW_TRIES })
  const own = { env: place.environment, cwd: place.home.cwd, stdin: '' }
  await start([...by, ...tachoCommand], ['codex', ...EXEC, '--persist-session', 'Do it.'], own)
    .ended
  return await explained(place, 'timeout')
}

async function powerLoss(zeros: boolean): Promise<Explained> {
  await using place = await workplace([WORKS, HOLDS], {
    providerSettings: FEW_TRIES,
    isDamaged: true,
  })
  const own = { env: place.environment, cwd: place.home.cwd, stdin: '' }
  const tacho = start(tachoCommand, ['codex', ...EXEC, '--persist-session', 'Do it.'], own)
  await place.model.responseSent(2, 6)
  await eventually(() => {
    if (!place.session().text('session_oai_raw.log').includes('hree')) throw new Error()
  })
  const others = descendants(tacho.pid)
  tacho.kill('SIGKILL')
  await tacho.ended
  for (const pid of others) killAll(pid)
  const { folder } = place.session()
  const { inOtherBoot } = await import('./ends.js')
  inOtherBoot(place)
  if (zeros)
    for (const name of ['session_oai_raw.log', 'session_meta.log', 'session_events.log']) {
      const path = join(folder, name)
      const bytes = readFileSync(path)
      truncateSync(path, bytes.length - 30)
      appendFileSync(path, Buffer.alloc(4096))
    }
  else writeFileSync(join(folder, 'session.json'), '')
  return await explained(place, 'power loss')
}

async function clock(seconds: number): Promise<Explained> {
  await using place = await workplace([{ ...WORKS, holdAfter: 3 }, DONE], {
    providerSettings: FEW_TRIES,
  })
  const shim = join(place.home.root, 'clock-ahead.so')
  execFileSync('gcc', [
    '-shared',
    '-fPIC',
    '-o',
    shim,
    join(repositoryRoot, 'test/fixtures/clock-ahead.c'),
    '-ldl',
  ])
  const moved = join(place.home.root, 'moved')
  const env = {
    ...place.environment,
    LD_PRELOAD: shim,
    CLOCK_AHEAD_FILE: moved,
    CLOCK_AHEAD_SECONDS: String(seconds),
  }
  await using tacho = place.startTacho(['codex', ...EXEC, '--persist-session', 'Do it.'], {
    env,
    stdin: '',
  })
  await place.model.responseSent(1, 3)
  writeFileSync(moved, '')
  place.model.release()
  await tacho.ended
  return await explained(place, 'clock')
}

async function refusedByCollector(status: number): Promise<Explained> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    return await exec('not-delivered refused', [WORKS, DONE], {
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
    })()
  } finally {
    server.close()
  }
}

async function resumed(script: Script, signal?: 'SIGKILL' | 'SIGINT'): Promise<Explained> {
  await using place = await workplace(script, { providerSettings: FEW_TRIES })
  await using tacho = place.startTacho(['codex', ...EXEC, '--persist-session', 'Begin'], {
    stdin: '',
  })
  if (signal !== undefined) {
    await place.model.responseSent(2, 6)
    if (signal === 'SIGKILL') process.kill(await agentOf(tacho.pid), signal)
    else tacho.kill(signal)
  }
  await tacho.ended
  await place.tacho([
    'codex',
    'exec',
    'resume',
    '--last',
    ...EXEC.slice(1),
    '--persist-session',
    'Go on',
  ])
  return await explained(place, 'resumed')
}
