import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { run, start, tachoCommand } from '../host/index.js'
import { standIn } from './stand-in.js'
import { EXEC, type Workplace, workplace } from './workplace.js'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

// Tells the signals that it has heard when there was time for one more to come, and ends with 9.
const codex = standIn(`
  const heard = []
  for (const signal of ${JSON.stringify(SIGNALS)}) {
    process.on(signal, () => {
      if (heard.push(signal) > 1) return
      setTimeout(() => {
        fs.writeFileSync(process.env.HEARD, heard.join())
        // Node 20 aborts at its end where its terminal is gone.
        for (const descriptor of [0, 1, 2]) fs.closeSync(descriptor)
        process.reallyExit(9)
      }, 300)
    })
  }
  fs.writeFileSync(process.env.HEARD, 'ready')
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

/** Runs a way in a process group of its own, does something to it, and tells how that went. */
async function outcome(way: keyof typeof WAYS, act: (pid: number) => void) {
  await using at = await place()
  const env = { ...at.environment, HEARD: at.heard }
  await using running = start('setsid', WAYS[way], { env, cwd: at.home.cwd })
  await running.stdout.containing('ready')
  act(running.pid)
  const { exitCode, signal } = await running.ended
  return { exitCode, signal, heard: await contents(at.heard) }
}

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('%s', (way) => {
  test.each(SIGNALS)('%s to the process group is heard once', async (signal) => {
    const told = await outcome(way, (pid) => process.kill(-pid, signal))
    expect(told).toEqual({ exitCode: 9, signal: null, heard: signal })
  })

  test.each(SIGNALS)('%s to the process is heard once', async (signal) => {
    const told = await outcome(way, (pid) => process.kill(pid, signal))
    expect(told).toEqual({ exitCode: 9, signal: null, heard: signal })
  })

  test('one to the group and another one to the process are both heard', async () => {
    await using at = await place()
    const env = { ...at.environment, HEARD: at.heard }
    await using running = start('setsid', WAYS[way], { env, cwd: at.home.cwd })
    await running.stdout.containing('ready')
    process.kill(-running.pid, 'SIGUSR1')
    process.kill(running.pid, 'SIGUSR2')
    await running.ended
    expect((await contents(at.heard)).split(',').sort()).toEqual(['SIGUSR1', 'SIGUSR2'])
  })

  test('the end of a time limit is heard once, and is its exit code', async () => {
    await using at = await place()
    const env = { ...at.environment, HEARD: at.heard }
    const ended = await run('setsid', ['timeout', '3', ...WAYS[way]], { env, cwd: at.home.cwd })
    expect([ended.exitCode, await contents(at.heard)]).toEqual([124, 'SIGTERM'])
  })

  test('a terminal that is closed is heard of, and the exit code is that of Codex', async () => {
    await using at = await place()
    const env = { ...at.environment, HEARD: at.heard }
    const args = ['-c', IN_A_TERMINAL, ...WAYS[way]]
    const ended = await run('python3', args, { env, cwd: at.home.cwd })
    expect([ended.stdout.toString(), await contents(at.heard)]).toEqual(['9\n', 'SIGHUP'])
  })
})

// Closes the terminal of a program that has said that it is ready, and prints the program's exit code.
const IN_A_TERMINAL = `
import os, pty, sys
words = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0: os.execvp(words[0], words)
said = b''
while b'ready' not in said: said += os.read(terminal, 1000)
os.close(terminal)
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status))
`

function contents(path: string): Promise<string> {
  return readFile(path, 'utf8')
}
