import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { eventually, run, start, tachoCommand } from '../host/index.js'
import { standIn } from './stand-in.js'
import { EXEC, type Workplace, workplace } from './workplace.js'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const
type Signal = (typeof SIGNALS)[number]

// Writes each signal that it hears to a file; the last one ends it with 9. Signals are handled in
// their order of arrival, so one that is heard twice is in the file twice by then.
const codex = standIn(`
  for (const signal of ${JSON.stringify(SIGNALS)}) {
    process.on(signal, () => {
      fs.appendFileSync(process.env.HEARD, signal + ' ')
      if (signal !== process.env.LAST) return
      // Node 20 aborts at its end if its terminal is gone.
      for (const descriptor of [0, 1, 2]) fs.closeSync(descriptor)
      process.reallyExit(9)
    })
  }
  fs.writeFileSync(process.env.HEARD, '')
  fs.writeSync(1, 'ready\\n')
  setInterval(() => {}, 1e6)
`)

const WAYS = {
  'without Tacho': [codex, ...EXEC],
  'with Tacho off': [...tachoCommand, 'codex', ...EXEC],
  'under record': [...tachoCommand, 'codex', '--persist-session', ...EXEC],
}

async function place(): Promise<Workplace & { heard: string }> {
  const made = await workplace([], { codex })
  return { ...made, heard: `${made.home.root}/heard` }
}

/** Runs a command in its own process group, does something to it, and tells how that went. */
async function outcome(
  way: keyof typeof WAYS,
  last: Signal,
  act: (pid: number) => void,
  count = 1,
) {
  await using at = await place()
  const env = { ...at.environment, HEARD: at.heard, LAST: last }
  await using running = start('setsid', WAYS[way], { env, cwd: at.home.cwd })
  await running.stdout.containing('ready')
  act(running.pid)
  // Of several at once, the system delivers the lowest number first.
  await hasHeard(at.heard, count)
  process.kill(running.pid, last)
  const { exitCode, signal } = await running.ended
  return { exitCode, signal, heard: await contents(at.heard) }
}

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('%s', (way) => {
  test.each(SIGNALS)('%s to the process group is heard once', async (signal) => {
    const last = lastBehind(signal)
    const told = await outcome(way, last, (pid) => process.kill(-pid, signal))
    expect(told).toEqual({ exitCode: 9, signal: null, heard: `${signal} ${last} ` })
  })

  test.each(SIGNALS)('%s to the process is heard once', async (signal) => {
    const last = lastBehind(signal)
    const told = await outcome(way, last, (pid) => process.kill(pid, signal))
    expect(told).toEqual({ exitCode: 9, signal: null, heard: `${signal} ${last} ` })
  })

  test('one to the group and another one to the process are both heard', async () => {
    const { heard } = await outcome(
      way,
      'SIGUSR1',
      (pid) => {
        process.kill(-pid, 'SIGUSR2')
        process.kill(pid, 'SIGHUP')
      },
      2,
    )
    expect(heard.split(' ').sort()).toEqual(['', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'])
  })

  test('the end of a time limit is heard once, and is its exit code', async () => {
    await using at = await place()
    const env = { ...at.environment, HEARD: at.heard, LAST: 'SIGUSR1' }
    const args = ['timeout', '1000', ...WAYS[way]]
    await using running = start('setsid', args, { env, cwd: at.home.cwd })
    await running.stdout.containing('ready')
    // What `timeout` receives from its own clock when the time is up.
    process.kill(running.pid, 'SIGALRM')
    await hasHeard(at.heard)
    process.kill(await childOf(running.pid), 'SIGUSR1')
    const { exitCode } = await running.ended
    expect([exitCode, await contents(at.heard)]).toEqual([124, 'SIGTERM SIGUSR1 '])
  })

  test('a terminal that is closed is heard of, and the exit code is that of Codex', async () => {
    await using at = await place()
    const env = { ...at.environment, HEARD: at.heard, LAST: 'SIGUSR1' }
    const args = ['-c', IN_A_TERMINAL, ...WAYS[way]]
    const ended = await run('python3', args, { env, cwd: at.home.cwd })
    expect([ended.stdout.toString(), await contents(at.heard)]).toEqual(['9\n', 'SIGHUP SIGUSR1 '])
  })
})

// Closes the terminal of a program that has announced itself ready, and prints the program's exit
// code.
const IN_A_TERMINAL = `
import os, pty, signal, sys, time
words = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0: os.execvp(words[0], words)
said = b''
while b'ready' not in said: said += os.read(terminal, 1000)
os.close(terminal)
while not os.path.getsize(os.environ['HEARD']): time.sleep(0.01)
os.kill(pid, signal.Signals[os.environ['LAST']])
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status))
`

function lastBehind(signal: Signal): Signal {
  return signal === 'SIGUSR1' ? 'SIGUSR2' : 'SIGUSR1'
}

async function hasHeard(path: string, count = 1): Promise<void> {
  await eventually(async () =>
    expect((await contents(path)).split(' ').length).toBeGreaterThan(count),
  )
}

async function childOf(pid: number): Promise<number> {
  return Number(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
}

function contents(path: string): Promise<string> {
  return readFile(path, 'utf8')
}
