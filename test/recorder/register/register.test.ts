import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { standIn } from '../../agents/stand-in.js'
import { workplace } from '../../agents/workplace.js'
import { repositoryRoot } from '../../host/index.js'
import { createCertificateAuthority } from '../../network/index.js'
import { onPage } from '../../viewer/on-page.js'
import { hostPlace, registerUrl } from './host-place.js'

// Real programs, run by Node with `tacho/register` and without.

const SAYS_WHAT_IT_IS = `console.log(__filename.length > 0, process.argv.slice(2).join())
process.exitCode = 3`

test('a program is a session of its own, and ends as it ends alone', async () => {
  using place = hostPlace()
  place.file('agent.cjs', SAYS_WHAT_IT_IS)
  const alone = await place.alone('agent.cjs', { args: ['a', 'b'] })
  const recorded = await place.recorded('agent.cjs', { args: ['a', 'b'] })
  expect(recorded).toEqual(alone)
  const { manifest } = place.session()
  expect(manifest.agent.name).toBe('node')
  expect(manifest.runs).toMatchObject([{ command: 'agent', ended: { exitCode: 3 } }])
})

test('off, nothing is made and nothing is said', async () => {
  using place = hostPlace()
  place.file('agent.mjs', `console.log(Symbol.for('tacho/recording') in globalThis)`)
  for (const TACHO_PERSIST_SESSION of [undefined, '', '0', 'off']) {
    const off = await place.recorded('agent.mjs', { environment: { TACHO_PERSIST_SESSION } })
    expect(`${off.stdout}${off.stderr}`).toBe('false\n')
  }
  expect(place.sessions()).toEqual([])
})

test('child processes and worker threads join the session with what they record', async () => {
  using place = hostPlace()
  const records = `globalThis[Symbol.for('tacho/recording')].event({ kind: 'note', note: 'here' })`
  place.file('records.mjs', records)
  place.file('silent.mjs', 'console.log(1)')
  place.file(
    'agent.mjs',
    `import { spawnSync } from 'node:child_process'
     import { Worker } from 'node:worker_threads'
     for (const script of ['records.mjs', 'silent.mjs'])
       spawnSync(process.execPath, [script], { cwd: import.meta.dirname ?? process.cwd() })
     new Worker(new URL('records.mjs', import.meta.url))`,
  )
  const NODE_OPTIONS = `--import=${registerUrl}`
  const recorded = await place.recorded('agent.mjs', { environment: { NODE_OPTIONS } })
  expect(recorded.stderr.toString()).toBe('')
  const { manifest } = place.session()
  expect(manifest.runs.map(({ command }) => command)).toEqual(['agent', 'records', 'records'])
  expect(manifest.runs.map(({ ended }) => ended)).toEqual(Array(3).fill({ exitCode: 0 }))
  expect(new Set(manifest.runs.map(({ id }) => id)).size).toBe(3)
})

test('what cannot be recorded is told in one line, and the program runs', async () => {
  using place = hostPlace()
  place.file('agent.cjs', SAYS_WHAT_IT_IS)
  const file = place.file('file', '')
  const alone = await place.alone('agent.cjs')
  for (const environment of [{ TACHO_SESSIONS_DIR: file }, { TACHO_PERSIST_SESSION: 'perhaps' }]) {
    const recorded = await place.recorded('agent.cjs', { environment })
    expect(recorded.stderr.toString()).toMatch(/^tacho: .+\n$/)
    expect({ ...recorded, stderr: alone.stderr }).toEqual(alone)
  }
})

test('a key that the program reads from a file is a secret from the first request on', async () => {
  using place = hostPlace()
  place.file('agent.mjs', READS_KEY)
  const recorded = await place.recorded('agent.mjs')
  expect(recorded.stdout.toString()).toBe('the key is zyxwvutsrqponmlk0987\n')
  const { folder } = place.session()
  for (const name of readdirSync(folder))
    expect(readFileSync(join(folder, name), 'utf8')).not.toContain('zyxwvutsrqponmlk0987')
  expect(place.session().exchanges).toHaveLength(1)
  await onPage(join(place.folder, 'sessions'), place.session().id, async (page) => {
    await page.getByRole('option', { name: /exchange 1 / }).click()
    const panel = page.getByRole('region', { name: 'Exchange 1' })
    await panel.getByRole('tab', { name: 'request' }).click()
    await panel.getByText('the key is [secret:').waitFor()
    // Its API reported neither a model nor tokens.
    expect(await page.locator('main').innerText()).not.toMatch(/tokens|undefined|NaN/)
  })
})

const READS_KEY = `
import { createServer } from 'node:http'
process.env.SOME_API_KEY = 'zyxwvutsrqponmlk0987'
const server = createServer((request, response) => request.pipe(response)).listen(0, async () => {
  const url = 'http://127.0.0.1:' + server.address().port + '/v1/messages'
  const body = 'the key is ' + process.env.SOME_API_KEY
  console.log(await (await fetch(url, { method: 'POST', body })).text())
  server.close()
})`

test("a request that its client's own timer ends was given up by the program", async () => {
  using place = hostPlace()
  place.file('agent.mjs', LOSES_PATIENCE)
  const { stdout } = await place.recorded('agent.mjs', { environment: { TACHO_HOSTS: '*' } })
  expect(stdout.toString()).toBe('ETIMEDOUT\nECONNABORTED\n')
  const patience = { state: 'cancelled', error: { side: 'agent', code: 'TimeoutError' } }
  expect(place.session().ends).toMatchObject([patience, patience])
})

// As got and axios do.
const LOSES_PATIENCE = `
import { createServer, request } from 'node:http'
const server = createServer(() => {}).listen(0, '127.0.0.1', async () => {
  for (const code of ['ETIMEDOUT', 'ECONNABORTED']) {
    const asked = request({ port: server.address().port, host: '127.0.0.1', method: 'POST' })
    asked.end('hello', () => asked.destroy(Object.assign(new Error('took too long'), { code })))
    await new Promise((resolve) => asked.on('error', (error) => resolve(console.log(error.code))))
  }
  server.closeAllConnections()
  server.close()
})`

test('a request over HTTP/2 is recorded with the fields that it has, and no others', async () => {
  using place = hostPlace()
  await using authority = createCertificateAuthority('a server of HTTP2')
  const { certificate, key } = authority.issue()
  symlinkSync(join(repositoryRoot, 'node_modules'), join(place.folder, 'node_modules'))
  place.file('agent.mjs', ASKS_BY_HTTP2)
  const { stdout } = await place.recorded('agent.mjs', {
    environment: { CERTIFICATE: certificate, KEY: key, TACHO_HOSTS: '*' },
  })
  expect(stdout.toString()).toBe('2.0 whole\n2.0 in parts\n2.0 fetched\n')
  const [whole, inParts, fetched = []] = place.session().exchanges.map(({ headers }) => headers)
  expect(whole).toEqual([['content-length', '5']])
  expect(inParts).toEqual([])
  expect(fetched.filter(([name]) => name === 'content-length')).toEqual([['content-length', '7']])
})

const ASKS_BY_HTTP2 = `
import { createSecureServer } from 'node:http2'
import { Agent, fetch, request } from 'undici'
const { CERTIFICATE: cert, KEY: key } = process.env
const server = createSecureServer({ cert, key }, async (request, response) => {
  let body = ''
  for await (const bytes of request) body += bytes
  response.end(request.httpVersion + ' ' + body)
}).listen(0, '127.0.0.1', async () => {
  const dispatcher = new Agent({ allowH2: true, connect: { ca: cert, rejectUnauthorized: false } })
  const url = 'https://127.0.0.1:' + server.address().port
  const inParts = async function* () { yield 'in '; yield 'parts' }
  for (const body of ['whole', inParts()])
    console.log(await (await request(url, { dispatcher, method: 'POST', body })).body.text())
  console.log(await (await fetch(url, { dispatcher, method: 'POST', body: 'fetched' })).text())
  await dispatcher.close()
  server.close()
})`

test('an agent that is tapped is not recorded from inside, too', async () => {
  await using at = await workplace([{ text: 'Hello.' }], { codex: standIn(ASKS) })
  const environment = { STAND_IN_BASE: at.model.baseUrl, NODE_OPTIONS: `--import=${registerUrl}` }
  const { stdout } = await at.tacho(['codex', 'exec', 'hello'], {
    env: { ...at.environment, ...environment, TACHO_PERSIST_SESSION: '1' },
  })
  expect(stdout.toString()).toContain('Hello.')
  expect(at.session().exchanges).toHaveLength(1)
  expect(existsSync(join(at.home.userHome, '.local/state/tacho/sessions'))).toBe(false)
})

const ASKS = `ask('hello').then((answer) => process.stdout.write(answer))`
