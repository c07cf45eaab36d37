import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { sessionIdOf, standIn } from '../../agents/stand-in.js'
import { EXEC, type Workplace, workplace } from '../../agents/workplace.js'
import { eventually, type Running, start, tachoCommand } from '../../host/index.js'
import { execCommand } from '../../scripted-model/index.js'
import { appServer } from '../app-server.js'
import { type DiagnosisCase, type Explained, exec, explained, FEW_TRIES } from '../case.js'
import { agentOf, descendants, killAll } from '../processes.js'

const WORKS = { text: 'Looking.', calls: [execCommand('echo one')] }
const HOLDS = { text: 'one two three four', deltas: 4, holdAfter: 6 }
const SLEEPS = { calls: [execCommand('echo begun > begun; sleep 30', { yield_time_ms: 25_000 })] }
const DONE = { text: 'Done.' }

const begun = (place: Workplace) => eventually(() => readFileSync(join(place.home.cwd, 'begun')))

/** Kills `tacho` while its agent works, and then all its descendants. */
function recorderKilled(
  title: string,
  script: Parameters<typeof exec>[1],
  until: (place: Workplace) => Promise<unknown>,
  change?: (place: Workplace) => void,
) {
  return async (): Promise<Explained> => {
    await using place = await workplace(script, { providerSettings: FEW_TRIES })
    const own = { env: place.environment, cwd: place.home.cwd, stdin: '' }
    const tacho = start(tachoCommand, ['codex', ...EXEC, '--persist-session', 'Do it.'], own)
    await until(place)
    const others = descendants(tacho.pid)
    tacho.kill('SIGKILL')
    await tacho.ended
    for (const pid of others) killAll(pid)
    change?.(place)
    return await explained(place, title)
  }
}

const title = (code: string, what: string): string => `${code}: ${what}`

export const END_CASES: readonly DiagnosisCase[] = [
  {
    title: title('user-interrupt', 'Ctrl-C in the middle of an answer'),
    injected: 'user-interrupt',
    ended: 'user-interrupt',
    isQuick: true,
    record: exec('user-interrupt', [WORKS, HOLDS], {
      during: async (place, tacho) => {
        await place.model.responseSent(2, 6)
        tacho.kill('SIGINT')
      },
    }),
  },
  {
    title: title('user-interrupt', 'Ctrl-C while a command runs'),
    injected: 'user-interrupt',
    record: exec('user-interrupt tool', [SLEEPS, DONE], {
      during: async (place, tacho) => {
        await begun(place)
        tacho.kill('SIGINT')
      },
    }),
  },
  {
    title: title('user-interrupt', 'of the last turn, by an editor'),
    injected: 'user-interrupt',
    record: appServer('interrupt', [HOLDS], async (client, place) => {
      await place.model.responseSent(1, 6)
      const { threadId, turnId } = await turnOf(client)
      await client.ask('turn/interrupt', { threadId, turnId })
      await client.told('turn/completed')
    }),
  },
  {
    title: title('signal', 'SIGTERM in the middle of an answer'),
    injected: 'signal',
    ended: 'signal',
    record: exec('SIGTERM', [WORKS, HOLDS], {
      during: async (place, tacho) => {
        await place.model.responseSent(2, 6)
        tacho.kill('SIGTERM')
      },
    }),
  },
  {
    title: title('signal', 'SIGKILL of the agent'),
    injected: 'signal',
    record: exec('SIGKILL', [WORKS, HOLDS], {
      during: async (place, tacho) => {
        await place.model.responseSent(2, 6)
        process.kill(await agentOf(tacho.pid), 'SIGKILL')
      },
    }),
  },
  {
    title: title('signal', 'SIGHUP while a command runs'),
    injected: 'signal',
    record: exec('SIGHUP', [SLEEPS, DONE], {
      during: async (place, tacho) => {
        await begun(place)
        tacho.kill('SIGHUP')
      },
    }),
  },
  {
    title: title('crash', 'SIGSEGV of the real Codex'),
    injected: 'crash',
    ended: 'crash',
    record: exec('SIGSEGV', [WORKS, HOLDS], {
      during: async (place, tacho) => {
        await place.model.responseSent(2, 6)
        process.kill(await agentOf(tacho.pid), 'SIGSEGV')
      },
    }),
  },
  {
    title: title('crash', 'an agent that throws'),
    injected: 'crash',
    record: () => withAgent('throws', "ask('hello').then(() => { throw new Error('it broke') })"),
  },
  {
    title: title('crash', 'an agent that ends with 70 for no reason that shows'),
    injected: 'crash',
    record: () => withAgent('exits', "ask('hello').then(() => process.exit(70))"),
  },
  {
    title: title('crash', 'a panic of Rust'),
    injected: 'crash',
    record: () =>
      withAgent(
        'panic',
        "ask('hello').then(() => { fs.writeSync(2, \"thread 'main' panicked at src/main.rs:7:5:\\nindex out of bounds\\n\"); process.exit(101) })",
      ),
  },
  {
    title: title('crash', 'an argument that it does not take'),
    injected: 'crash',
    record: () =>
      withAgent(
        'usage',
        "fs.writeSync(2, 'unexpected argument --fast\\n'); process.exit(2)",
        'last',
      ),
  },
  {
    title: title('signal', 'SIGQUIT of itself'),
    injected: 'signal',
    record: () =>
      withAgent('quit', "ask('hello').then(() => process.kill(process.pid, 'SIGQUIT'))"),
  },
  {
    title: title('signal', 'an exit code that says so'),
    injected: 'signal',
    record: () => withAgent('143', "ask('hello').then(() => process.exit(143))"),
  },
  {
    title: title('oom-killed', 'Rust is given no memory'),
    injected: 'oom-killed',
    record: () =>
      withAgent(
        'rust memory',
        "ask('hello').then(() => { fs.writeSync(2, 'memory allocation of 68719476736 bytes failed\\n'); process.abort() })",
      ),
  },
  {
    title: title('recorder-killed', 'in the middle of an answer'),
    injected: 'recorder-killed',
    ended: 'recorder-killed',
    isQuick: true,
    record: recorderKilled('recorder-killed', [WORKS, HOLDS], (place) =>
      place.model.responseSent(2, 6).then(() => arrived(place, 'hree')),
    ),
  },
  {
    title: title('recorder-killed', 'while a command runs'),
    injected: 'recorder-killed',
    record: recorderKilled('recorder-killed tool', [SLEEPS, DONE], (place) =>
      begun(place).then(() => arrived(place, 'begun')),
    ),
  },
  {
    title: title('power-loss', 'another boot since'),
    injected: 'power-loss',
    ended: 'power-loss',
    record: recorderKilled(
      'power-loss',
      [WORKS, HOLDS],
      (place) => place.model.responseSent(2, 6).then(() => arrived(place, 'hree')),
      (place) => inOtherBoot(place),
    ),
  },
  {
    title: title('oom-killed', 'an agent in a cgroup that is too small'),
    injected: 'oom-killed',
    ended: 'oom-killed',
    record: () => starved(),
  },
  {
    title: title('oom-killed', 'an agent whose heap is full'),
    injected: 'oom-killed',
    record: () =>
      withAgent(
        'heap',
        "require('node:v8').setFlagsFromString('--max-old-space-size=20'); ask('hello').then(() => { const held = []; for (;;) held.push(new Array(1e4).fill('x' + held.length)) })",
      ),
  },
  {
    title: title('disk-full', 'a file system that gets full while it records'),
    injected: 'disk-full',
    also: ['records-lost'],
    record: () => onFullDisk(),
  },
  {
    title: title('disk-full', 'a disk of 400 KB that stays full'),
    injected: 'disk-full',
    ended: 'disk-full',
    isQuick: true,
    record: () => onSmallDisk(),
  },
  {
    title: title('disk-full', 'a disk of 400 KB that has room for the end of the events'),
    injected: 'disk-full',
    ended: 'clean',
    record: () => onSmallDisk(standIn(ASKS_MUCH)),
  },
  {
    title: title('approval-cancelled', 'a question is answered by stopping'),
    injected: 'approval-cancelled',
    ended: 'approval-cancelled',
    isQuick: true,
    record: appServer('approval-cancelled', [WORKS, DONE], async (client) => {
      const { id } = await client.commandQuestion()
      client.say({ id: id ?? -1, result: { decision: 'cancel' } })
      await client.told('turn/completed')
    }),
  },
  {
    title: title('approval-unanswered', 'the editor is closed while a question is open'),
    injected: 'approval-unanswered',
    ended: 'approval-unanswered',
    record: appServer('approval-unanswered', [WORKS, DONE], async (client) => {
      await client.commandQuestion()
    }),
  },
  {
    title: title('approval-unanswered', 'ended by SIGTERM while a question is open'),
    injected: 'approval-unanswered',
    also: ['signal'],
    record: appServer('approval-unanswered SIGTERM', [WORKS, DONE], async (client, _, tacho) => {
      await client.commandQuestion()
      tacho.kill('SIGTERM')
      await tacho.ended
    }),
  },
  {
    title: title('running', 'in the middle of an answer'),
    ended: 'running',
    record: () => running(),
  },
  {
    title: title('running-waiting-for-user', 'a question is open'),
    ended: 'running-waiting-for-user',
    record: appServer('waiting', [WORKS, DONE], async (client, place) => {
      await client.commandQuestion()
      await arrived(place, 'approval command', 'session_meta.log')
      return explained(place, 'waiting')
    }),
  },
  {
    title: title('running-waiting-for-user', 'the last turn is over'),
    ended: 'running-waiting-for-user',
    record: appServer('waiting turn', [DONE], async (client, place) => {
      await client.told('turn/completed')
      await arrived(place, '"tacho.turn.status"', 'session_meta.log')
      return explained(place, 'waiting turn')
    }),
  },
  {
    title: title('running-stalled', 'nothing has come for half a minute'),
    injected: 'running-stalled',
    ended: 'running-stalled',
    record: () => running(31_000),
  },
]

async function turnOf(client: import('../../agents/app-server-client.js').AppServerClient) {
  const { thread } = (await client.told('thread/started')).params as { thread: { id: string } }
  const { turn } = (await client.told('turn/started')).params as { turn: { id: string } }
  return { threadId: thread.id, turnId: turn.id }
}

/** Resolves once a log of the session contains a text. */
function arrived(place: Workplace, text: string, log = 'session_oai_raw.log'): Promise<void> {
  return eventually(() => {
    if (!place.session().text(log).includes(text)) throw new Error(`${log} has no ${text} yet`)
  })
}

async function running(silence = 0): Promise<Explained> {
  await using place = await workplace([WORKS, HOLDS], { providerSettings: FEW_TRIES })
  await using tacho = place.startTacho(['codex', ...EXEC, '--persist-session', 'Do it.'], {
    stdin: '',
  })
  await place.model.responseSent(2, 6)
  await arrived(place, 'hree')
  await pause(silence)
  const said = await explained(place, `running ${silence}`)
  place.model.release()
  await tacho.ended
  return said
}

/** A session of a program in Codex's place that talks to its model once. */
async function withAgent(name: string, source: string, id = sessionIdOf(1)): Promise<Explained> {
  await using place = await workplace([DONE], { codex: standIn(source) })
  await place.tacho(['codex', 'exec', '--persist-session', 'hello'])
  return await explained(place, name, id)
}

/** The kernel kills the largest process of a cgroup that has run out of memory. */
async function starved(): Promise<Explained> {
  const cgroup = existsSync('/sys/fs/cgroup/memory') ? '/sys/fs/cgroup/memory' : '/sys/fs/cgroup'
  const folder = join(cgroup, `tacho-diagnosis-${process.pid}`)
  mkdirSync(folder)
  const isFirst = existsSync(join(folder, 'memory.limit_in_bytes'))
  writeFileSync(join(folder, isFirst ? 'memory.limit_in_bytes' : 'memory.max'), '400M')
  const source =
    "ask('hello').then(() => { fs.writeFileSync('/proc/self/oom_score_adj', '1000'); const held = []; for (;;) held.push(Buffer.alloc(16 << 20, 1)) })"
  try {
    await using place = await workplace([DONE], { codex: standIn(source) })
    const inside = ['sh', '-c', `echo $$ > ${folder}/cgroup.procs && exec "$@"`, 'sh'] as const
    const own = { env: place.environment, cwd: place.home.cwd, stdin: '' }
    await start([...inside, ...tachoCommand], ['codex', 'exec', '--persist-session', 'hello'], own)
      .ended
    return await explained(place, 'oom', sessionIdOf(1))
  } finally {
    await eventually(() => rmdirSync(folder))
  }
}

/** As if the machine had gone down and come up again: this boot is not the recorded one. */
export function inOtherBoot(place: Workplace): void {
  const { folder } = place.session()
  const path = join(folder, 'session_events.log')
  const [first = '', ...rest] = readFileSync(path, 'utf8').split('\n')
  const { crc: _, ...started } = JSON.parse(first)
  const bytes = JSON.stringify({ ...started, bootId: '00000000-0000-4000-8000-000000000000' })
  const checksum = crc32(bytes.slice(0, -1)).toString(16).padStart(8, '0')
  const line = `${bytes.slice(0, -1)},"crc":"${checksum}"}`
  writeFileSync(path, [line, ...rest].join('\n'))
}

/** Requests that copy nothing from one another. */
const ASKS_MUCH = `
  const { randomBytes } = require('node:crypto')
  void (async () => {
    for (let times = 0; times < 8; times += 1) await ask(randomBytes(60_000).toString('base64'))
  })()`

/** A file system that the session does not fit on; what is left of it is explained elsewhere. */
async function onSmallDisk(codex?: string): Promise<Explained> {
  const long = { ...WORKS, text: 'x'.repeat(500_000), deltas: 50 }
  const script = codex === undefined ? [WORKS, long, WORKS, DONE] : Array(8).fill(DONE)
  await using place = await workplace(script, { ...(codex && { codex }), isDamaged: true })
  const disk = join(place.home.root, 'disk')
  await startOn(place, disk, '400k').ended
  return await explained(place, `disk-full small ${codex === undefined}`)
}

/** Runs the agent with its sessions on a file system of its own, of which a copy is kept. */
function startOn(place: Workplace, disk: string, size: string): Running {
  const kept = join(place.home.codexHome, 'sessions')
  mkdirSync(disk)
  const script = `mount -t tmpfs -o size=${size},mode=700 tmpfs '${disk}' && "$@"; cp -a '${disk}/.' '${kept}'`
  const mounted = ['unshare', '-m', 'sh', '-c', script, 'sh'] as const
  const own = { env: place.environment, cwd: place.home.cwd, stdin: '' }
  const args = ['codex', ...EXEC, '--persist-session', '--sessions-dir', disk, 'Do it.']
  return start([...mounted, ...tachoCommand], args, own)
}

/** A small file system, filled while the agent works, and then emptied. */
async function onFullDisk(): Promise<Explained> {
  await using place = await workplace([
    WORKS,
    { ...WORKS, text: 'x'.repeat(200_000), deltas: 50, holdAfter: 5 },
    DONE,
  ])
  const disk = join(place.home.root, 'disk')
  const tacho = startOn(place, disk, '4m')
  await place.model.responseSent(2, 5)
  const enter = ['-t', String(tacho.pid), '-m', 'sh', '-c']
  execFileSync('nsenter', [...enter, `cat /dev/zero > '${disk}/filler' 2>/dev/null || true`])
  place.model.release()
  await place.model.responseSent(3)
  execFileSync('nsenter', [...enter, `rm -f '${disk}/filler'`])
  await tacho.ended
  return await explained(place, 'disk-full')
}
