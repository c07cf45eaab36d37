import { symlinkSync } from 'node:fs'
import { constants, createSecureServer, createServer, type Http2Session } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { indexRawLog, requestBody, responseChunks } from '@tacho/reader'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { programPath, repositoryRoot } from '../../../host/index.js'
import { createCertificateAuthority } from '../../../network/index.js'
import { hostPlace } from '../host-place.js'

// Programs that speak HTTP/2 through Node's own module, as Amazon's SDK and gRPC do.

const sockets = new Set<Socket>()
const sessions = new Set<Http2Session>()
const server = createServer()
let node: string
let environment: Record<string, string>

beforeAll(async () => {
  // Node 20 does not tell of them.
  node = await programPath('node24')
  server.on('connection', (socket) => sockets.add(socket))
  server.on('session', (session) => sessions.add(session))
  server.on('stream', (stream, { ':path': path }) => {
    stream.on('error', () => {})
    if (path === '/silent') return
    if (path === '/empty') return stream.respond({ ':status': 204 }, { endStream: true })
    stream.respond({ ':status': path === '/refused' ? 401 : 200 }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }))
    stream.write('the first part, ')
    // A ping is answered once the client has the first part, so that what it sees is always the same.
    const onceRead = (then: () => void) => stream.once('data', () => stream.session?.ping(then))
    if (path === '/cut') onceRead(cut)
    else if (path === '/reset') onceRead(() => stream.close(constants.NGHTTP2_INTERNAL_ERROR))
    else if (path === '/endless') stream.resume()
    else stream.resume().on('end', () => stream.end('and the last'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  environment = { URL: `http://127.0.0.1:${port}`, TACHO_HOSTS: '*' }
}, 180_000)

afterAll(() => {
  for (const session of sessions) session.destroy()
  server.close()
})

function cut(): void {
  for (const socket of sockets) socket.destroy()
}

const ASKS = `
import { connect, constants } from 'node:http2'
const session = connect(process.env.URL)
session.on('error', ({ code }) => console.log('session', code))
const ask = (path, early, how = {}) => new Promise((resolve) => {
  const stream = session.request({ ':method': 'POST', ':path': path, accept: ['text/plain', 'text/html'] }, how)
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (part) => { text += part; early?.(stream) })
  stream.on('trailers', (fields) => { text += fields['x-sum'] })
  stream.on('error', ({ code, message }) => { text += ' ' + (code ?? message) })
  stream.on('close', () => resolve(console.log(path, text, stream.rstCode)))
  stream.write('asked in UTF-8: wörld, ')
  stream.end(Buffer.from('and in bytes'))
})
`

test('what a program asks over HTTP/2 is recorded byte for byte, and how it ends', async () => {
  using place = hostPlace()
  place.file(
    'program.mjs',
    `${ASKS}
     await ask('/whole')
     await ask('/refused')
     await ask('/empty')
     await Promise.all([ask('/one'), ask('/two')])
     await ask('/endless', (stream) => stream.close(constants.NGHTTP2_CANCEL))
     await ask('/endless', (stream) => stream.destroy(new Error('enough')))
     const abort = new AbortController()
     setTimeout(() => abort.abort(), 50)
     await ask('/silent', undefined, { signal: abort.signal })
     await ask('/reset')
     await ask('/cut')`,
  )
  const alone = await place.alone('program.mjs', { node, environment })
  const recorded = await place.recorded('program.mjs', { node, environment })
  expect(recorded).toEqual(alone)
  const session = place.session()
  const index = indexRawLog(session.folder, () => {})
  expect(index.exchanges).toHaveLength(10)
  const [whole] = index.exchanges
  if (whole === undefined) throw new Error('Nothing is recorded.')
  const asked = Buffer.from(requestBody(session.folder, index, whole))
  expect(asked.toString()).toBe('asked in UTF-8: wörld, and in bytes')
  const answer = [...responseChunks(session.folder, whole)].map(({ bytes }) => bytes)
  expect(Buffer.concat(answer).toString()).toBe('the first part, and the last')
  expect(session.exchanges.map(({ headers }) => headers)).toContainEqual([
    ['accept', 'text/plain'],
    ['accept', 'text/html'],
  ])
  const ends = session.ends.map(({ state, error, trailers }) => [
    state,
    error?.code ?? trailers?.[0]?.[0],
  ])
  expect(ends.toSorted()).toEqual(
    [
      ['completed', undefined],
      ...Array(4).fill(['completed', 'x-sum']),
      ...['AbortError', 'AbortError', 'Error'].map((code) => ['cancelled', code]),
      ...['ERR_HTTP2_STREAM_ERROR', 'UNEXPECTED_EOF'].map((code) => ['failed', code]),
    ].toSorted(),
  )
})

test('what undici asks over HTTP/2 is recorded once', async () => {
  using place = hostPlace()
  await using authority = createCertificateAuthority('a server of HTTP2')
  const { certificate, key } = authority.issue()
  const secure = createSecureServer({ cert: certificate, key }, (_, response) => response.end('it'))
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
  const { port } = secure.address() as AddressInfo
  symlinkSync(join(repositoryRoot, 'node_modules'), join(place.folder, 'node_modules'))
  place.file(
    'program.mjs',
    `import { Agent, fetch, request } from 'undici'
     const dispatcher = new Agent({ allowH2: true, connect: { rejectUnauthorized: false } })
     console.log(await (await request(process.env.URL, { dispatcher })).body.text())
     console.log(await (await fetch(process.env.URL, { dispatcher })).text())
     await dispatcher.close()`,
  )
  const own = { ...environment, URL: `https://127.0.0.1:${port}` }
  const recorded = await place.recorded('program.mjs', { node, environment: own })
  secure.close()
  expect(recorded.stdout.toString()).toBe('it\nit\n')
  expect(place.session().exchanges).toHaveLength(2)
})
