import { createHash } from 'node:crypto'
import { chmodSync, cpSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { type Ended, programPath, repositoryRoot } from '../../host/index.js'
import { type HostPlace, hostPlace, recordersEnded, registerUrl } from './host-place.js'

// The host comes first: each program does what it does without Tacho, to the byte.

const NODES = isSoak ? (['node20', 'node22', 'node24', 'node26'] as const) : (['ours'] as const)
const LARGE = isSoak ? 200 * 1024 * 1024 : 24 * 1024 * 1024

let server: Server
let environment: Record<string, string>

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const hash = createHash('sha256')
    for await (const bytes of request) hash.update(bytes)
    if (request.url === '/large') {
      response.writeHead(200, { 'content-length': LARGE })
      const part = Buffer.alloc(64 * 1024, 'a line of text that is not a secret\n')
      for (let sent = 0; sent < LARGE; sent += part.length) {
        if (response.write(part)) continue
        await new Promise<void>((resolve) => response.once('drain', resolve))
      }
      response.end()
    } else if (request.url === '/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const timer = setInterval(() => response.write('data: {"text":"word"}\n\n'), 2)
      response.on('close', () => clearInterval(timer))
    } else response.end(hash.digest('hex'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  environment = { URL: `http://127.0.0.1:${port}`, TACHO_HOSTS: '*' }
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** Programs that are still busy when they end, or that fail. */
const PROGRAMS: Record<string, string> = {
  'ends by process.exit in the middle of an answer': `
    const { body } = await fetch(URL + '/stream')
    for await (const _ of body) { process.stdout.write('it came'); process.exit(9) }`,
  'throws in the middle of an answer': `
    process.on('exit', (code) => console.log('exit', code))
    const { body } = await fetch(URL + '/stream')
    for await (const bytes of body) throw new TypeError('of its own')`,
  'leaves a rejection unhandled': `
    await (await fetch(URL)).text()
    Promise.reject(new Error('nobody listens'))`,
  'is ended by a signal in the middle of an answer': `
    const { body } = await fetch(URL + '/stream')
    for await (const bytes of body) process.kill(process.pid, 'SIGTERM')`,
  'aborts with what throws when it is looked at': `
    const reason = { get name() { throw new Error('name') }, get code() { throw new Error('code') },
      get message() { throw new Error('message') }, toJSON() { throw new Error('toJSON') } }
    for (const why of [reason, null, undefined, 'a text', 7]) {
      const abort = new AbortController()
      const { body } = await fetch(URL + '/stream', { signal: abort.signal })
      try { for await (const bytes of body) abort.abort(why) }
      catch (error) { console.log(error === why, typeof error) }
    }`,
  'sends and gets a large body': `
    import { createHash } from 'node:crypto'
    const large = Buffer.alloc(${LARGE}, 'sent')
    console.log(await (await fetch(URL, { method: 'POST', body: large })).text())
    const hash = createHash('sha256')
    let length = 0
    for await (const bytes of (await fetch(URL + '/large')).body) {
      hash.update(bytes); length += bytes.length; bytes.fill(0) }
    console.log(length, hash.digest('hex'))`,
  'hears beforeExit once, and has no timer, process or pipe of others': `
    await (await fetch(URL, { headers: { connection: 'close' } })).text()
    process.on('beforeExit', () => console.log('beforeExit'))
    const own = new Set(['Timeout', 'Immediate', 'ProcessWrap', 'PipeWrap'])
    console.log(process.getActiveResourcesInfo().filter((one) => own.has(one)))
    console.log(process._getActiveHandles().map(({ constructor }) => constructor.name).sort())`,
  'uses http with an error that nobody listens to': `
    import http from 'node:http'
    const request = http.get(URL + '/stream', (response) => {
      response.on('data', () => request.destroy(new Error('given up'))) })`,
  'replaces clocks, timers, files and more, as tests do': `
    import childProcess from 'node:child_process'
    import fs from 'node:fs'
    import http from 'node:http'
    import { syncBuiltinESMExports } from 'node:module'
    const { log } = console
    const calls = []
    const replaced = { globalThis: 'setTimeout setImmediate queueMicrotask URL', performance: 'now',
      Date: 'now', process: 'hrtime', JSON: 'stringify parse', childProcess: 'spawn',
      fs: 'readSync writeSync writevSync' }
    for (const [on, names] of Object.entries(replaced))
      for (const name of names.split(' '))
        ({ ...globalThis, globalThis, childProcess, fs, performance, Date, JSON, process })[on][name] = () => {
          calls.push(on + '.' + name)
          throw new Error('mocked') }
    syncBuiltinESMExports()
    process.on('exit', () => log(calls))
    http.get(URL, (response) => response.on('data', (bytes) => log(String(bytes))))`,
  'uses http in all its ways': `
    import http from 'node:http'
    const { write, end } = http.ClientRequest.prototype
    console.log(write.name, write.length, end.name, end.length)
    const answer = (how, work) => new Promise((resolve) => {
      const request = http.request(URL, how, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (more) => { text += more }).on('end', () => resolve(text))
      })
      work(request)
    })
    console.log(await answer({ method: 'POST' }, (one) => {
      console.log(one.write('Zm9v', 'base64', () => {}) !== undefined)
      one.write(new Uint8Array([1, 2]))
      one.end('end', () => {}) }))
    console.log(await answer({ method: 'PUT', headers: { 'content-length': 3 } }, (one) => one.end('abc')))
    try { http.request(URL).end(7) } catch (error) { console.log(error.code) }
    http.get(URL + '/stream', (response) => {
      response.destroy()
      console.log('destroyed')
      http.globalAgent.destroy() })`,
}

for (const version of NODES) {
  describe(version, () => {
    let node: string

    beforeAll(async () => {
      node = version === 'ours' ? process.execPath : await programPath(version)
    })

    for (const [title, program] of Object.entries(PROGRAMS)) {
      test(`a program that ${title}`, async () => {
        using place = hostPlace()
        place.file('program.mjs', `const { URL } = process.env\n${program}`)
        const how = { node, environment }
        const alone = await place.alone('program.mjs', how)
        const recorded = await place.recorded('program.mjs', how)
        expect(readable(recorded)).toEqual(readable(alone))
        expect(place.session().exchanges.length).toBeGreaterThan(0)
      })
    }
  })
}

test('two copies of Tacho in one process record once', async () => {
  using place = hostPlace()
  for (const folder of ['bin', 'dist']) {
    mkdirSync(join(place.folder, 'copy'), { recursive: true })
    const from = join(repositoryRoot, 'packages/cli', folder)
    cpSync(from, join(place.folder, 'copy', folder), { recursive: true })
  }
  place.file('program.mjs', 'console.log(await (await fetch(process.env.URL)).text())')
  const copy = pathToFileURL(join(place.folder, 'copy/bin/register.mjs')).href
  const alone = await place.alone('program.mjs', { environment })
  const recorded = await place.recorded('program.mjs', {
    environment,
    options: ['--import', copy, '--require', join(place.folder, 'copy/bin/register.cjs')],
  })
  expect(recorded).toEqual(alone)
  expect(place.session().exchanges).toHaveLength(1)
})

test('on a Node that is not supported, and where Tacho is broken, one line is told', async () => {
  using place = hostPlace()
  place.file('old.cjs', `Object.defineProperty(process.versions, 'node', { value: '18.20.0' })`)
  place.file('program.mjs', 'console.log(1)')
  // Of one everything else is missing, of the other even the entry.
  const brokenBy = ['register.cjs', 'register.mjs'].map((name) => {
    const broken = join(place.folder, 'broken', name, name)
    cpSync(join(repositoryRoot, 'packages/cli/bin', name), broken)
    return ['--import', pathToFileURL(broken).href]
  })
  for (const options of [
    ['--require', join(place.folder, 'old.cjs'), '--import', registerUrl],
    ...brokenBy,
  ]) {
    const { stdout, stderr, exitCode } = await place.alone('program.mjs', {
      options,
      environment: { TACHO_PERSIST_SESSION: '1' },
    })
    expect(stderr.toString()).toMatch(/^tacho: this process is not recorded\. .+\n$/)
    expect([stdout.toString(), exitCode]).toEqual(['1\n', 0])
  }
  expect(place.sessions()).toEqual([])
})

const FAILING_DISK = pathToFileURL(
  join(repositoryRoot, 'test/dist/faults/programs/failing-disk.js'),
).href

test('a disk that fails at any call changes nothing for the host', async () => {
  using place = hostPlace()
  place.file(
    'program.mjs',
    `const { URL } = process.env
     for (const body of ['one', 'two'])
       console.log(await (await fetch(URL, { method: 'POST', body })).text())
     process.exitCode = 7`,
  )
  const alone = await place.alone('program.mjs', { environment })
  // The recorder is a separate process: its disk fails too.
  chmodSync(place.file('failing-node', FAILING_NODE), 0o700)
  const failingNode = place.file(
    'failing-node.cjs',
    `process.env.REAL_NODE = process.execPath
     process.execPath = __dirname + '/failing-node'`,
  )
  await withFailingDisk(place, failingNode, { first: Number.MAX_SAFE_INTEGER, code: '' })
  const counted = readFileSync(join(place.folder, 'recorder-calls'), 'utf8')
  const calls = Number(/calls to the disk: (\d+)/.exec(counted)?.[1])
  expect(calls).toBeGreaterThan(30)
  const step = isSoak ? 1 : Math.ceil(calls / 4)
  for (let first = 1; first <= calls; first += step) {
    for (const isLasting of isSoak ? [true, false] : [first % 2 === 1]) {
      const code = ['ENOSPC', 'EIO', 'EROFS', 'EMFILE', 'EACCES'][first % 5] ?? 'EIO'
      const ended = await withFailingDisk(place, failingNode, { first, code, isLasting })
      expect(hostOf(ended), `${code} at call ${first}`).toEqual(hostOf(alone))
      const told = ended.stderr.toString().match(/^tacho: .*/gm) ?? []
      expect(told.length).toBeLessThanOrEqual(1)
    }
  }
}, 900_000)

const FAILING_NODE = `#!/bin/sh
exec "$REAL_NODE" --import ${FAILING_DISK} "$@" 2>>"$(dirname "$0")/recorder-calls"
`

async function withFailingDisk(place: HostPlace, failingNode: string, fault: object) {
  const folder = join(place.folder, 'sessions')
  const TACHO_FAILING_DISK = JSON.stringify({ folder, isLasting: false, ...fault })
  const ended = await place.alone('program.mjs', {
    options: ['--require', failingNode, '--import', FAILING_DISK, '--import', registerUrl],
    environment: { ...environment, TACHO_FAILING_DISK, TACHO_PERSIST_SESSION: '1' },
  })
  await recordersEnded(folder)
  return ended
}

/** The same with strings instead of bytes, so that a failing test can print them. */
function readable({ stdout, stderr, ...end }: Ended) {
  return { ...end, stdout: stdout.toString(), stderr: stderr.toString() }
}

function hostOf({ stdout, exitCode, signal }: Ended) {
  return { stdout: stdout.toString(), exitCode, signal }
}
