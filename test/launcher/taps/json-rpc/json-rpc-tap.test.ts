import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { attribute } from '../../../agents/session-on-disk.js'
import { standIn } from '../../../agents/stand-in.js'
import { workplace } from '../../../agents/workplace.js'
import { run, tachoCommand } from '../../../host/index.js'
import { ends } from './json-rpc-tap-ends.js'

const THREAD = '0199a1b2-c3d4-7e5f-8a9b-000000000001'
const TURN = '0199a1b2-c3d4-7e5f-8a9b-000000001001'
const THREAD_STARTED = { method: 'thread/started', params: { thread: thread(THREAD) } }
const TURN_STARTED = {
  method: 'turn/started',
  params: { threadId: THREAD, turn: { id: TURN, status: 'inProgress' } },
}
const APP_SERVER = ['codex', 'app-server', '--persist-session']
const MIB = 1024 * 1024

const BYTES: [name: string, bytes: Buffer][] = [
  ['nothing', Buffer.of()],
  ['a line', Buffer.from('{"method":"initialized"}\n')],
  ['a line without its end', Buffer.from('{"method":"initialized"}')],
  ['lines that are no JSON', Buffer.from('{"method":"turn/start","id":1,\n]]\n"\\\n{"a":\n')],
  ['empty lines and other line ends', Buffer.from('\n\n \r\n{"method":"x"}\r\n\u2028\n')],
  ['bytes that are no text', Buffer.concat([randomBytes(300_000), Buffer.of(10, 0, 255, 10)])],
  ['a message that is nested too deep', Buffer.from(`{"id":1,"result":${'['.repeat(99_999)}\n`)],
  ['answers to nothing', Buffer.from('{"id":7,"result":{}}\n{"id":null}\n{"id":{},"error":0}\n')],
  [
    'methods with odd params',
    Buffer.from(
      [
        'thread/started',
        'turn/started',
        'turn/completed',
        'item/started',
        'item/completed',
        'serverRequest/resolved',
        'item/autoApprovalReview/started',
        'item/autoApprovalReview/completed',
      ]
        .flatMap((method) =>
          ['', ',"params":null', ',"params":[1]', ',"params":{"item":7,"turn":[],"thread":""}'].map(
            (params) => `{"method":"${method}"${params}}\n`,
          ),
        )
        .join(''),
    ),
  ],
  [
    '100 MB in one line',
    Buffer.concat([Buffer.alloc(100 * MIB, '{"a":"b'), Buffer.from('\n{}\n')]),
  ],
]

for (const [name, bytes] of BYTES) {
  test(`${name}: every byte passes, both ways`, async () => {
    await using pair = await ends()
    pair.client.stdin.end(bytes)
    await once(pair.server, 'end')
    expect(pair.heard.bytes.equals(bytes)).toBe(true)
    pair.server.end(bytes)
    const { stdout, stderr, exitCode } = await pair.client.ended
    expect(stdout.equals(bytes)).toBe(true)
    expect({ stderr: stderr.toString(), exitCode }).toEqual({ stderr: '', exitCode: 0 })
    expect(pair.place.session().log).not.toContain('ERROR')
  })
}

test('a line that comes byte by byte is passed on when it is whole', async () => {
  await using pair = await ends()
  const line = '{"method":"initialized","params":{"é":1}}\n'
  for (const byte of Buffer.from(line)) pair.client.stdin.write(Buffer.of(byte))
  expect(await pair.heard.containing('\n')).toBe(line)
})

test('half a line of the app-server is with the client before the other half is said', async () => {
  await using pair = await ends()
  pair.server.write('{"half":')
  expect(await pair.client.stdout.containing('{"half":')).toBe('{"half":')
  pair.server.write('1}\n')
  expect(await pair.client.stdout.containing('\n')).toBe('{"half":1}\n')
})

const INVALID = `{"id":1,"method":"turn/start","params":{"threadId":"${THREAD}"},}`
const REQUESTS: [name: string, message: string, isTraced: boolean][] = [
  ['a request of the thread', request({ threadId: THREAD }), true],
  ['a request with spaces', ` { "id":1, "method":"x","params":{"threadId":"${THREAD}"}}`, true],
  ['a request of another thread', request({ threadId: 'other' }), false],
  ['a request of no thread', request({}), false],
  ['one that has a trace', request({ threadId: THREAD }, { trace: { traceparent: 'own' } }), false],
  ['a notification', JSON.stringify({ method: 'x', params: { threadId: THREAD } }), false],
  ['an answer', JSON.stringify({ id: 1, result: { threadId: THREAD } }), false],
  ['a request that is not JSON', INVALID, false],
]

for (const [name, message, isTraced] of REQUESTS) {
  test(`${name} is passed on ${isTraced ? 'with our trace in it' : 'as it is'}`, async () => {
    await using pair = await ends()
    await pair.serverSays(THREAD_STARTED)
    await pair.serverSays(TURN_STARTED)
    pair.client.stdin.write(`${message}\n`)
    const heard = await pair.heard.containing('\n')
    const session = await pair.finish()
    const turn = session.spans.find((span) => span.name === 'invoke_agent codex')
    const traceparent = `00-${THREAD.replaceAll('-', '')}-${turn?.spanId}-01`
    const trace = `{"trace":{"traceparent":"${traceparent}"},`
    expect(heard).toBe(`${isTraced ? message.replace('{', trace) : message}\n`)
  })
}

test('the trace of a request outside of a turn names the run', async () => {
  await using pair = await ends()
  await pair.serverSays(THREAD_STARTED)
  pair.client.stdin.write(`${request({ threadId: THREAD })}\n`)
  const heard = JSON.parse(await pair.heard.containing('\n')) as { trace: { traceparent: string } }
  const session = await pair.finish()
  expect(heard.trace.traceparent.split('-')[2]).toBe(session.manifest.runs[0]?.id)
})

// What a shell with pipes sees: `$0` reads what `tacho codex app-server …` writes.
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is Bash's
const PIPED = ['-c', '"$@" | eval "$0"; echo "ended ${PIPESTATUS[0]}"']

test('a client that reads late gets all of it, though the app-server was killed', async () => {
  const bytes = 180 * 1024
  await using place = await workplace([{}], {
    codex: standIn(`#!/bin/sh\nhead -c ${bytes} /dev/zero\n: >ended\nkill -KILL $$\n`),
  })
  const reader = 'until [ -e ended ]; do sleep 0.02; done; sleep 0.5; wc -c'
  const command = [...PIPED, reader, ...tachoCommand, ...APP_SERVER]
  const { stdout } = await run('bash', command, { env: place.environment, cwd: place.home.cwd })
  expect(stdout.toString()).toBe(`${bytes}\nended 137\n`)
})

for (const [name, script, reader] of [
  ['an exit code', '#!/bin/sh\nexit 7\n', 'cat'],
  ['a signal', '#!/bin/sh\nkill -KILL $$\n', 'cat'],
  // Rust programs such as Codex see an error, not SIGPIPE.
  ['nobody reading', "#!/bin/sh\ntrap '' PIPE\nexec yes\n", 'head -c 2'],
] as const) {
  test(`an app-server that ends by ${name} ends so with us`, async () => {
    await using place = await workplace([{}], { codex: standIn(script) })
    const ended = async (args: readonly string[]) => {
      const command = [...PIPED, reader, ...tachoCommand, ...args]
      return (await run('bash', command, { env: place.environment })).stdout.toString()
    }
    const alone = await ended(['codex', 'app-server'])
    expect(alone).toMatch(/ended [1-9]/)
    expect(await ended(APP_SERVER)).toBe(alone)
  })
}

test('an app-server that dies while a question is open leaves it open', async () => {
  await using pair = await ends()
  await pair.serverSays(THREAD_STARTED)
  await pair.serverSays(TURN_STARTED)
  await pair.serverSays({
    method: 'item/commandExecution/requestApproval',
    id: 0,
    params: { threadId: THREAD, turnId: TURN, itemId: 'call', command: 'ls' },
  })
  pair.server.destroy()
  await pair.client.ended
  const approval = pair.place.session().spans.find((span) => span.name.startsWith('approval'))
  expect(attribute(approval ?? { attributes: [] }, 'tacho.approval.open')).toBe(true)
  expect(attribute(approval ?? { attributes: [] }, 'tacho.approval.decision')).toBeUndefined()
})

function thread(id: string) {
  return { id, sessionId: id, parentThreadId: null }
}

function request(params: object, more: object = {}): string {
  return JSON.stringify({ id: 1, method: 'turn/start', params, ...more })
}
