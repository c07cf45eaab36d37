import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, start, tachoCommand } from '../host/index.js'
import { execCommand } from '../scripted-model/index.js'
import { outcomeOf } from './alike.js'
import { standIn } from './stand-in.js'
import { EXEC, type Workplace, workplace } from './workplace.js'

describe('with persistence off', () => {
  test('the real codex leaves the same output and the same home as alone', async () => {
    const script = [{ calls: [execCommand('echo made | tee made.txt')] }, { text: 'Done.' }]
    await using one = await workplace(script)
    await using other = await workplace(script)
    const args = [...EXEC, 'Write it down']
    const [alone, off] = await Promise.all([one.alone(args), other.tacho(['codex', ...args])])
    expect(outcomeOf(off, other)).toEqual(outcomeOf(alone, one))
    expect(off.stdout.toString()).toBe('Done.\n')
    expect(treeOf(other.home.codexHome)).toEqual(treeOf(one.home.codexHome))
    expect(treeOf(other.home.userHome)).toEqual(treeOf(one.home.userHome))
    expect(treeOf(other.home.cwd)).toEqual(treeOf(one.home.cwd))
  })

  for (const value of ['0', 'false', '']) {
    test(`TACHO_PERSIST_SESSION=${value} is off`, async () => {
      await using place = await workplace([], { codex: standIn(`console.log(args.join())`) })
      const env = { ...place.environment, TACHO_PERSIST_SESSION: value }
      const off = await place.tacho(['codex', ...EXEC], { env })
      expect(off.stdout.toString()).toBe(`${EXEC.join()}\n`)
      expect(treeOf(place.home.codexHome)).toEqual(['644 config.toml'])
    })
  }

  test('a flag beats the environment', async () => {
    await using place = await workplace([], { codex: standIn('') })
    const env = { ...place.environment, TACHO_PERSIST_SESSION: '1' }
    await place.tacho(['codex', ...EXEC, '--persist-session=false'], { env })
    expect(treeOf(place.home.codexHome)).toEqual(['644 config.toml'])
  })

  test('arguments, environment, folder and standard input are those of codex alone', async () => {
    const codex = standIn(`
      const input = fs.readFileSync(0)
      console.log(JSON.stringify({ args, env: process.env, cwd: process.cwd(), argv0: process.argv0,
        input: require('node:crypto').createHash('sha256').update(input).digest('hex') }))`)
    await using place = await workplace([], { codex })
    const args = ['exec', '', ' a b ', 'new\nline', '*', '$HOME', '\\', '--', '--persist-session']
    const stdin = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256))
    const [alone, off] = await Promise.all([
      place.alone(args, { stdin }),
      place.tacho(['codex', ...args], { stdin }),
    ])
    expect(JSON.parse(off.stdout.toString())).toEqual(JSON.parse(alone.stdout.toString()))
    expect(JSON.parse(off.stdout.toString()).args).toEqual(args)
  })

  test('nothing of OpenTelemetry, winston or the recorder is loaded', async () => {
    await using place = await workplace([], { codex: '/bin/true' })
    // A bundle is one file: this one contains none of the recording modules, and the other is not
    // read.
    const off = await filesOf(place, ['codex', 'exec', 'x'])
    expect(off.map((path) => basename(path)).sort()).toEqual(['codex.cjs', 'tacho.js'])
    expect(readFileSync(String(off.find((path) => path.endsWith('.cjs'))), 'utf8')).not.toMatch(
      /opentelemetry|winston|undici/i,
    )
    // The reverse, so that this test can fail.
    const on = await filesOf(place, ['codex', 'exec', '--persist-session', 'x'])
    const recorder = on.find((path) => basename(path) === 'open-recording.cjs')
    const recording = readFileSync(String(recorder), 'utf8')
    expect(recording).toContain('@opentelemetry')
    expect(recording).toContain('winston')
    // The exporters are in neither, and are read only if spans are to be sent.
    expect(recording).not.toMatch(EXPORTERS)
    const sender = join(dirname(String(recorder)), 'sender-process.cjs')
    expect(readFileSync(sender, 'utf8')).toMatch(EXPORTERS)
  })
})

// Recognized by what is left in a bundle: words that it sends, and the file that only it reads.
const EXPORTERS = /application\/x-protobuf|grpc\.cjs/

const SIGNALS = 'TERM INT HUP QUIT KILL ABRT SEGV PIPE USR1 USR2 ALRM XFSZ PROF'.split(' ')

describe.each([
  { state: 'off', flags: [], exitCodes: [0, 1, 2, 7, 101, 127, 130, 255], signals: SIGNALS },
  // The way out is the same; each run takes longer.
  { state: 'on', flags: ['--persist-session'], exitCodes: [0, 7], signals: ['KILL', 'USR1'] },
])('with persistence $state', ({ flags, exitCodes, signals }) => {
  let place: Workplace

  beforeAll(async () => {
    place = await workplace([], { codex: standIn(COUNTS_SIGNALS) })
  })

  afterAll(() => place[Symbol.asyncDispose]())

  const endOf = (how: string) =>
    place.tacho(['codex', 'exec', ...flags], {
      env: { ...place.environment, TACHO_CODEX: standIn(`#!/bin/sh\n${how}\n`) },
    })

  test.each(exitCodes)('exit code %i stays', async (exitCode) => {
    const ended = await endOf(`exit ${exitCode}`)
    expect(ended).toMatchObject({ exitCode, signal: null })
    expect(ended.stderr.toString()).toBe('')
  })

  test.each(signals)('a codex that ends by SIG%s makes tacho end by it', async (name) => {
    const ended = await endOf(`ulimit -c 0; kill -s ${name} $$`)
    expect(ended).toMatchObject({ exitCode: null, signal: `SIG${name}` })
    expect(ended.stderr.toString()).toBe('')
  })

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2'] as const)(
    '%s reaches codex, once, and codex decides how it ends',
    async (signal) => {
      // In a session of its own: no terminal signals the whole group.
      const command = ['setsid', ...tachoCommand] as const
      await using tacho = start(command, ['codex', 'exec', ...flags], {
        env: place.environment,
        cwd: place.home.cwd,
      })
      await tacho.stdout.containing('ready')
      tacho.kill(signal)
      await tacho.stdout.containing(signal)
      const last = signal === 'SIGTERM' ? 'SIGHUP' : 'SIGTERM'
      tacho.kill(last)
      const ended = await tacho.ended
      expect(ended.stdout.toString()).toMatch(new RegExp(`^ready, .*\n${signal}\n${last}\n$`))
      expect(ended).toMatchObject({ exitCode: 42, signal: null })
    },
  )

  test('Ctrl-C in a terminal reaches codex once', async () => {
    const line = ['exec', ...tachoCommand, 'codex', 'exec', ...flags].join(' ')
    await using terminal = start('script', ['-qfec', line, '/dev/null'], {
      env: place.environment,
      cwd: place.home.cwd,
    })
    const ready = await terminal.stdout.containing(/ready, [^\n]*\n/)
    terminal.stdin.write('\x03')
    await terminal.stdout.containing('SIGINT')
    process.kill(Number(/\d+/.exec(ready)?.[0]), 'SIGTERM')
    const ended = await terminal.ended
    const lines = ended.stdout.toString().trimEnd().split('\r\n')
    expect(lines.slice(1)).toEqual(['^CSIGINT', 'SIGTERM'])
    expect(ended.exitCode).toBe(42)
  })

  test('a standard error that nobody reads any more ends codex as it does alone', async () => {
    const codex = standIn(`
      process.stderr.on('error', (error) => { console.log(error.code); process.exit(3) })
      setInterval(() => process.stderr.write('a line\\n'), 1)`)
    const line = 'exec "$0" "$@" 2> >(head -n 2 >/dev/null)'
    const ended = await run(['bash', '-c', line, ...tachoCommand], ['codex', 'exec', ...flags], {
      env: { ...place.environment, TACHO_CODEX: codex },
      cwd: place.home.cwd,
    })
    expect(ended).toMatchObject({ exitCode: 3 })
    expect(ended.stdout.toString()).toBe('EPIPE\n')
  })
})

/** Every path in a folder with its mode, without what differs between two runs. */
function treeOf(folder: string): string[] {
  return (
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      // Whether SQLite gets round to removing them when Codex ends is a matter of luck.
      .filter((path) => !/-(shm|wal)$/.test(path))
      .map((path) => `${(lstatSync(join(folder, path)).mode & 0o7777).toString(8)} ${path}`)
      .map((line) => line.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID'))
      .map((line) => line.replaceAll(/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d/g, 'TIME'))
      .sort()
  )
}

/** Every file that `tacho` has loaded by its end, except this preload. */
async function filesOf(place: Workplace, args: readonly string[]): Promise<string[]> {
  const list = join(place.home.root, 'modules.txt')
  const preload = join(place.home.root, 'list-modules.cjs')
  writeFileSync(preload, LIST_MODULES)
  const env = {
    ...place.environment,
    NODE_OPTIONS: `--require=${preload}`,
    MODULES_LIST: list,
  }
  expect(await run(tachoCommand, args, { env, cwd: place.home.cwd })).toMatchObject({ exitCode: 0 })
  return readFileSync(list, 'utf8').split('\n')
}

// Nothing in `tacho codex` is an ES module, so the cache of `require` is complete.
const LIST_MODULES = `
const { writeFileSync } = require('node:fs')
process.on('exit', () => {
  const files = Object.keys(require.cache).filter((path) => path !== __filename)
  writeFileSync(process.env.MODULES_LIST, files.join('\\n'))
})
`

/** Prints each signal that it receives, and ends after the second. */
const COUNTS_SIGNALS = `
let count = 0
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2']) {
  process.on(signal, () => {
    count += 1
    console.log(signal)
    if (count === 2) process.exit(42)
  })
}
setInterval(() => {}, 1000)
console.log('ready, under process ' + process.ppid)
`
