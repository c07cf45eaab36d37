import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { constants, getPriority } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSession, verifySession } from '@tacho/reader'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ended, eventually, run as runProcess } from '../../host/index.js'
import { hostPlace, recordersEnded, recordersIn, registerUrl } from './host-place.js'

// A separate process records the program. Whatever happens to either, the program behaves as
// without Tacho, and what it had handed over is recorded.

const LARGE = 24 * 1024 * 1024

let server: Server
let environment: Record<string, string>

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume()
    if (request.url === '/large') {
      response.writeHead(200, { 'content-length': LARGE })
      response.end(Buffer.alloc(LARGE, 'a line of text that is not a secret\n'))
    } else if (request.url === '/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"text":"the first words"}\n\n')
    } else response.end('an answer')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  environment = { URL: `http://127.0.0.1:${port}`, TACHO_HOSTS: '*' }
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** What programs can call: `ask`, and `recorder()`, the id of the process that records them. */
const BEGINNING = `
import { readdirSync, readFileSync } from 'node:fs'
const { URL } = process.env
const ask = async (path = '') => (await fetch(URL + path)).text()
const isOurs = (pid) => {
  try { return readFileSync('/proc/' + pid + '/status', 'utf8').includes('PPid:\\t' + process.pid + '\\n') }
  catch { return false }
}
const recorder = () => Number(readdirSync('/proc').find((pid) => /^\\d+$/.test(pid) && isOurs(pid)) ?? 0)
const signal = (pid, name) => pid > 0 && process.kill(pid, name)
`

test('a program that is killed leaves all that it had handed over, and no end', async () => {
  using place = hostPlace()
  place.file(
    'program.mjs',
    `${BEGINNING}
    for (const _ of [1, 2, 3]) await ask()
    const { body } = await fetch(URL + '/stream')
    for await (const _ of body) setImmediate(() => setImmediate(() => process.kill(process.pid, 'SIGKILL')))`,
  )
  const { signal } = await place.recorded('program.mjs', { environment })
  expect(signal).toBe('SIGKILL')
  const { manifest, ends, folder } = place.session()
  expect(ends.map(({ state }) => state)).toEqual([...Array(3).fill('completed'), 'cancelled'])
  expect(place.session().text('session_oai_raw.log')).toContain('the first')
  expect(manifest.runs).toMatchObject([{ exchanges: { completed: 3, cancelled: 1 } }])
  expect(manifest.runs[0]?.ended).toBeUndefined()
  expect((await readSession(folder)).endedAt).toBeUndefined()
})

test('a program whose recorder is killed runs on, is told so in one line, and leaves how much is missing', async () => {
  using place = hostPlace()
  place.file(
    'program.mjs',
    `${BEGINNING}
    import { existsSync } from 'node:fs'
    import { setTimeout as wait } from 'node:timers/promises'
    console.log(await ask())
    const { TACHO_SESSION: session } = process.env
    while (session && !existsSync(session + '/session_oai_raw.log')) await wait(5)
    signal(recorder(), 'SIGKILL')
    while (recorder() > 0) await wait(5)
    for (const _ of [1, 2, 3]) console.log(await ask())
    process.exitCode = 6`,
  )
  const alone = await place.alone('program.mjs', { environment })
  const recorded = await place.recorded('program.mjs', { environment })
  expect(recorded.stderr.toString()).toMatch(/^tacho: this process is not recorded any more: .+\n$/)
  expect(withoutErrors(recorded)).toEqual(withoutErrors(alone))
  const { folder } = place.session()
  const { damage } = await verifySession(folder)
  expect(damage).toEqual([])
  const { gaps } = await readSession(folder)
  expect(gaps).toMatchObject([
    { reason: 'RECORDER_GONE', lost: { request: 3, response: 3, ended: 1 } },
  ])
})

test('a program that exits at once behind an answer is recorded to its end', async () => {
  using place = hostPlace()
  place.file('program.mjs', `${BEGINNING}\nconsole.log(await ask())\nprocess.exit(5)`)
  const alone = await place.alone('program.mjs', { environment })
  expect(await place.recorded('program.mjs', { environment })).toEqual(alone)
  const { manifest, ends } = place.session()
  expect(ends.map(({ state }) => state)).toEqual(['completed'])
  expect(manifest.runs).toMatchObject([{ ended: { exitCode: 5 } }])
})

test('what a program brings faster than it is recorded is counted, and the program does not wait', async () => {
  using place = hostPlace()
  place.file(
    'program.mjs',
    `${BEGINNING}
    await ask()
    const pid = recorder()
    signal(pid, 'SIGSTOP')
    console.log((await ask('/large')).length)
    signal(pid, 'SIGCONT')
    console.log(await ask())`,
  )
  const alone = await place.alone('program.mjs', { environment })
  expect(await place.recorded('program.mjs', { environment })).toEqual(alone)
  const { ends, folder } = place.session()
  const missed = ends.map((end) => end.missed)
  // Of the third, too, if the recorder has not caught up after standing still.
  expect(missed.slice(0, 2)).toEqual([undefined, expect.any(Number)])
  expect(ends[1]).toMatchObject({ state: 'completed', responseBytes: LARGE })
  expect(Number(missed[1])).toBeLessThan(LARGE - 8 * 1024 * 1024)
  const { damage } = await verifySession(folder)
  expect(damage).toEqual([])
})

test('a program whose recorder does not go on ends as it ends alone', async () => {
  using place = hostPlace()
  place.file(
    'program.mjs',
    `${BEGINNING}
    await ask()
    signal(recorder(), 'SIGSTOP')
    console.log(await ask())
    process.exit(4)`,
  )
  const how = { environment: { ...environment, TACHO_PERSIST_SESSION: '1' } }
  const alone = await place.alone('program.mjs', { environment })
  expect(await place.alone('program.mjs', { ...how, options: ['--import', registerUrl] })).toEqual(
    alone,
  )
  for (const pid of recordersIn(join(place.folder, 'sessions'))) process.kill(pid, 'SIGCONT')
  await recordersEnded(join(place.folder, 'sessions'))
  expect(place.session().manifest.runs).toMatchObject([{ ended: { exitCode: 4 } }])
})

test('what records a program gives way to it', async () => {
  using place = hostPlace()
  place.file('program.mjs', `${BEGINNING}\nawait ask()\nprocess.stdin.resume()`)
  const root = join(place.folder, 'sessions')
  const host = spawn(
    process.execPath,
    ['--import', registerUrl, join(place.folder, 'program.mjs')],
    {
      env: { ...environment, TACHO_PERSIST_SESSION: '1', TACHO_SESSIONS_DIR: root },
      stdio: ['pipe', 'ignore', 'inherit'],
    },
  )
  // Linux may divide the processor among sessions first, and the recorder has a session of its own.
  const autogroup = (id: number) => `/proc/${id}/autogroup`
  const isShared = existsSync(autogroup(process.pid))
  await eventually(() => {
    const [id = 0] = recordersIn(root)
    const priorities = readdirSync(`/proc/${id}/task`).map((thread) => getPriority(Number(thread)))
    expect(new Set(priorities)).toEqual(new Set([constants.priority.PRIORITY_BELOW_NORMAL]))
    if (isShared) expect(readFileSync(autogroup(id), 'utf8')).toMatch(/ nice 10\n/)
  })
  host.stdin.end()
  expect(await once(host, 'exit')).toEqual([0, null])
  await recordersEnded(root)
})

test('a signal to the whole group ends the program, and not what records it', async () => {
  using place = hostPlace()
  place.file(
    'program.mjs',
    `${BEGINNING}
    process.on('SIGINT', () => process.exit(3))
    const { body } = await fetch(URL + '/stream')
    for await (const _ of body) process.kill(-process.pid, 'SIGINT')`,
  )
  const root = join(place.folder, 'sessions')
  const host = spawn(
    process.execPath,
    ['--import', registerUrl, join(place.folder, 'program.mjs')],
    {
      env: { ...environment, TACHO_PERSIST_SESSION: '1', TACHO_SESSIONS_DIR: root },
      detached: true,
      stdio: 'ignore',
    },
  )
  expect(await once(host, 'exit')).toEqual([3, null])
  await recordersEnded(root)
  const { manifest, ends } = place.session()
  expect(ends.map(({ state }) => state)).toEqual(['cancelled'])
  expect(manifest.runs).toMatchObject([{ ended: { exitCode: 3 } }])
})

test('with few descriptors a program does what it does alone', async () => {
  using place = hostPlace()
  place.file('program.cjs', `console.log(require('node:fs').readdirSync('.').length)`)
  const root = join(place.folder, 'home/sessions')
  const on = { TACHO_PERSIST_SESSION: '1', TACHO_SESSIONS_DIR: root }
  // Node itself does not start with fewer.
  for (let most = 19; most < 32; most += 3) {
    const told = await run(most, {})
    expect(await run(most, on, `--require ${fileURLToPath(registerUrl)}`)).toEqual(told)
    await recordersEnded(root)
  }

  async function run(most: number, own: Record<string, string>, options = '') {
    const words = `ulimit -n ${most}; exec ${process.execPath} ${options} program.cjs`
    const { stderr, ...ended } = await runProcess(['sh', '-c'], [words], {
      env: own,
      cwd: place.folder,
    })
    const { stdout, ...end } = ended
    return [stdout.toString(), stderr.toString().replace(/^tacho: .+ EMFILE\).\n/, ''), end]
  }
})

test('a program that may not start processes is told so in one line', async () => {
  using place = hostPlace()
  place.file('program.cjs', 'console.log(1)')
  const [major = 0] = process.versions.node.split('.').map(Number)
  const permission = major >= 23 ? '--permission' : '--experimental-permission'
  const options = [permission, '--no-warnings', '--allow-fs-read=*', '--allow-fs-write=*']
  const how = { environment, options }
  const recorded = await place.recorded('program.cjs', how)
  expect(recorded.stderr.toString()).toMatch(/^tacho: this process is not recorded: .+\n$/)
  expect(withoutErrors(recorded)).toEqual(withoutErrors(await place.alone('program.cjs', how)))
  expect(place.sessions()).toEqual([])
})

function withoutErrors({ stderr: _, stdout, ...end }: Ended) {
  return { ...end, stdout: stdout.toString() }
}
