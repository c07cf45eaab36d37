import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { listenForUser } from '@tacho/launcher'
import { ROUTES, serveViewer, type Viewer } from '@tacho/viewer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SESSION_ID, sessionsDirectory, writeSession } from '../reader/session-folder.js'

let viewer: Viewer
const faults: unknown[] = []

beforeAll(async () => {
  const root = sessionsDirectory()
  writeSession(root)
  viewer = await serveViewer({
    roots: [root],
    port: 0,
    listen: listenForUser,
    onFault: (cause) => faults.push(cause),
  })
})

afterAll(() => {
  viewer.close()
  expect(faults).toEqual([])
})

describe('every route', () => {
  const paths = ROUTES.map(({ path, needsToken }) => ({ path: filled(path), needsToken }))

  test.each(paths)(
    '$path without a token, with a wrong one, and with the right one',
    async ({ path, needsToken }) => {
      const allowed = await statusOf(path, { authorization: `Bearer ${viewer.token}` })
      expect([200, 404]).toContain(allowed)
      for (const authorization of [
        undefined,
        '',
        'Bearer',
        'Bearer ',
        `Bearer ${viewer.token.slice(0, -1)}`,
        `Bearer ${viewer.token}x`,
        `bearer ${viewer.token}`,
        `Basic ${viewer.token}`,
        viewer.token,
        `Bearer ${'A'.repeat(43)}`,
      ]) {
        const status = await statusOf(path, authorization === undefined ? {} : { authorization })
        expect(status, `${authorization}`).toBe(needsToken ? 401 : allowed)
      }
    },
  )

  test('there are routes for all of the data, and the page', () => {
    expect(paths.length).toBeGreaterThan(10)
    expect(paths.filter(({ needsToken }) => !needsToken).map(({ path }) => path)).toEqual([
      '/',
      '/page/x.js',
    ])
  })

  test.each(paths)('$path takes the token in a header alone', async ({ path, needsToken }) => {
    if (!needsToken) return
    for (const query of ['token', 'access_token', 'authorization']) {
      expect(await statusOf(`${path}?${query}=${viewer.token}`)).toBe(401)
    }
    expect(await statusOf(path, { cookie: `token=${viewer.token}` })).toBe(401)
    const twice = `authorization: Bearer ${viewer.token}\r\nauthorization: Bearer x\r\n`
    expect(await status(`GET ${path} HTTP/1.1\r\nhost: ${own()}\r\n${twice}`)).toBe(401)
  })

  test.each(['OPTIONS', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'])(
    '%s is not a method of any',
    async (method) => {
      for (const { path } of paths) {
        const head = `${method} ${path} HTTP/1.1\r\nhost: ${own()}\r\nauthorization: Bearer ${viewer.token}\r\n`
        expect(await status(head), path).toBe(405)
      }
    },
  )

  test('HEAD answers like GET, without a body', async () => {
    const { status: code, body } = await ask(
      `HEAD /api/sessions HTTP/1.1\r\nhost: ${own()}\r\nauthorization: Bearer ${viewer.token}\r\n`,
    )
    expect([code, body]).toEqual([200, ''])
  })
})

const HOSTS = [
  '127.0.0.1',
  'localhost',
  '[::1]',
  '127.1:PORT',
  '127.0.1:PORT',
  '0x7f.1:PORT',
  '0x7f000001:PORT',
  '2130706433:PORT',
  '017700000001:PORT',
  '0.0.0.0:PORT',
  '127.0.0.2:PORT',
  '[::]:PORT',
  '[::ffff:127.0.0.1]:PORT',
  '[0:0:0:0:0:0:0:1]:PORT',
  'LOCALHOST:PORT',
  'Localhost:PORT',
  'localhost.:PORT',
  'localhost:PORT.',
  'localhost:0PORT',
  'localhost:1',
  'localhost:PORT:PORT',
  'localhost:PORT@example.com',
  'user@localhost:PORT',
  'example.com',
  'example.com:PORT',
  'localhost.example.com:PORT',
  '127.0.0.1.example.com:PORT',
  'localhost:PORT, example.com',
  'localhost:PORT/',
  'http://localhost:PORT',
  '',
]

describe('Host', () => {
  test.each(['127.0.0.1:PORT', 'localhost:PORT', '[::1]:PORT'])('%s is ours', async (host) => {
    expect(await statusWithHost(host)).toBe(200)
  })

  test.each(HOSTS)('"%s" is none of ours, whatever is asked and with what token', async (host) => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST']) {
      const value = host.replaceAll('PORT', `${viewer.port}`)
      const answer = await ask(
        `${method} / HTTP/1.1\r\nhost: ${value}\r\nauthorization: Bearer ${viewer.token}\r\n`,
      )
      expect([403, 400], method).toContain(answer.status)
      expect(answer.body, method).toBe('')
    }
  })

  test('none at all, and two of them, are refused', async () => {
    expect(await status('GET / HTTP/1.1\r\n')).toBe(400)
    expect(await status('GET / HTTP/1.0\r\n')).toBe(403)
    expect([400, 403]).toContain(
      await status(`GET / HTTP/1.1\r\nhost: ${own()}\r\nhost: ${own()}\r\n`),
    )
  })

  test('an absolute address in the request does not stand for it', async () => {
    const target = `http://${own()}/`
    expect(await status(`GET ${target} HTTP/1.1\r\nhost: example.com\r\n`)).toBe(403)
    expect(await status(`GET http://example.com/ HTTP/1.1\r\nhost: ${own()}\r\n`)).not.toBe(200)
  })

  test('an upgrade is refused, with whatever name', async () => {
    for (const host of [own(), 'example.com']) {
      const upgrade = 'connection: upgrade\r\nupgrade: websocket\r\n'
      expect(await status(`GET / HTTP/1.1\r\nhost: ${host}\r\n${upgrade}`)).toBe(403)
    }
  })
})

const ORIGINS = [
  'null',
  '',
  'http://127.0.0.1',
  'http://localhost:1',
  'https://127.0.0.1:PORT',
  'http://127.0.0.1:PORT/',
  'http://127.0.0.1:PORT.example.com',
  'http://localhost:PORT',
  'http://[::1]:PORT',
  'http://example.com',
  'http://example.com:PORT',
  'HTTP://127.0.0.1:PORT',
  'http://127.1:PORT',
  'file://',
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
]

describe('Origin', () => {
  test('the one of the page is ours', async () => {
    expect(await statusOf('/', { origin: `http://${own()}` })).toBe(200)
  })

  test.each(ORIGINS)('"%s" is another', async (origin) => {
    const value = origin.replaceAll('PORT', `${viewer.port}`)
    const headers = { origin: value, authorization: `Bearer ${viewer.token}` }
    expect(await statusOf('/', headers)).toBe(403)
    expect(await statusOf('/api/sessions', headers)).toBe(403)
  })

  test.each(['cross-site', 'same-site'])('a request from a %s page is refused', async (site) => {
    expect(await statusOf('/', { 'sec-fetch-site': site })).toBe(403)
  })

  test.each(['same-origin', 'none'])('one that is %s is answered', async (site) => {
    expect(await statusOf('/', { 'sec-fetch-site': site })).toBe(200)
  })
})

const FILES = [
  '..',
  '../package.json',
  '..%2fpackage.json',
  '%2e%2e/package.json',
  '%2e%2e%2fpackage.json',
  '..%252fpackage.json',
  '..\\package.json',
  '..%5cpackage.json',
  '%c0%ae%c0%ae/package.json',
  '/etc/passwd',
  '//etc/passwd',
  '%2fetc%2fpasswd',
  'file:///etc/passwd',
  '....//....//etc/passwd',
  '..;/etc/passwd',
  '.',
  './',
  './index.html',
  'index.html/',
  'index.html/..',
  'index.html%00',
  'index.html%00.js',
  '%00',
  'INDEX.HTML',
  'index.html ',
  'index.html.',
  'index.html::$DATA',
  'CON',
  '__proto__',
  'constructor',
  'toString',
  '~',
  '~root',
  '*',
  '?raw',
  '@fs/etc/passwd',
  '@fs/etc/passwd?raw??',
  '@id/__x00__',
  'node_modules/preact/package.json',
  '.git/config',
  '.env',
  'session.json',
  `${'../'.repeat(30)}etc/passwd`,
  'x'.repeat(8000),
]

describe('a name in a request never becomes the name of a file', () => {
  test.each(FILES)('%s', async (name) => {
    const authorization = `Bearer ${viewer.token}`
    for (const path of [
      `/page/${name}`,
      `/${name}`,
      `/api/sessions/${name}`,
      `/api/sessions/${name}/log`,
      `/api/sessions/${SESSION_ID}/exchanges/${name}`,
      `/api/sessions/${SESSION_ID}/exchanges/${name}/request`,
    ]) {
      const head = `GET ${path} HTTP/1.1\r\nhost: ${own()}\r\nauthorization: ${authorization}\r\n`
      const { status: code, body } = await ask(head)
      // A dot goes nowhere: there is no folder that it could mean.
      expect([400, 404, 401, 200], path).toContain(code)
      if (code === 200) expect(body, path).toContain('<div id="root">')
      else expect(body, path).toBe('')
    }
  })
})

test('an answer cannot be framed, sniffed, kept, or read by another page', async () => {
  for (const path of ['/', '/api/sessions', '/nothing']) {
    const response = await fetch(`http://${own()}${path}`, {
      headers: { authorization: `Bearer ${viewer.token}` },
    })
    const { headers } = response
    await response.arrayBuffer()
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('set-cookie')).toBeNull()
  }
})

test('the token has 32 random bytes', () => {
  expect(Buffer.from(viewer.token, 'base64url')).toHaveLength(32)
})

test('bytes that were recorded are never taken for something that runs', async () => {
  const response = await fetch(`http://${own()}/api/sessions/${SESSION_ID}/exchanges/1/request`, {
    headers: { authorization: `Bearer ${viewer.token}` },
  })
  expect(response.headers.get('content-type')).toBe('application/octet-stream')
  expect(await response.text()).not.toBe('')
})

function own(): string {
  return `127.0.0.1:${viewer.port}`
}

function filled(path: string): string {
  return path
    .replace(':session', SESSION_ID)
    .replace(':number', '1')
    .replace(':file', 'x.js')
    .replace(':list', 'messages')
    .replace(':message', '1')
    .replace(':otherSession', SESSION_ID)
    .replace(':otherNumber', '1')
}

function statusWithHost(host: string): Promise<number> {
  return status(`GET / HTTP/1.1\r\nhost: ${host.replaceAll('PORT', `${viewer.port}`)}\r\n`)
}

function statusOf(path: string, headers: Record<string, string> = {}): Promise<number> {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return status(`GET ${path} HTTP/1.1\r\nhost: ${own()}\r\n${fields.join('')}`)
}

async function status(head: string): Promise<number> {
  return (await ask(head)).status
}

/** Sends a head as it stands, and reads the head of the answer, and the body of one that ends. */
async function ask(head: string): Promise<{ status: number; body: string }> {
  const socket = connect(viewer.port, '127.0.0.1')
  socket.on('error', () => undefined)
  const isEndless = /\/changes[? ]/.test(head)
  socket.write(`${head}connection: close\r\n\r\n`)
  const answer = isEndless ? await firstPart(socket) : await text(socket)
  socket.destroy()
  const [top = '', ...rest] = answer.split('\r\n\r\n')
  const code = Number(/^HTTP\/1\.1 (\d{3})/.exec(top)?.[1])
  return { status: code, body: rest.join('\r\n\r\n') }
}

async function firstPart(socket: ReturnType<typeof connect>): Promise<string> {
  for await (const bytes of socket) return bytes.toString()
  return ''
}
