import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { listenForUser } from '@tacho/launcher'
import { ROUTES, serveViewer, type Viewer } from '@tacho/viewer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { some } from '../faults/extent.js'
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

  test.each(paths)('HEAD $path answers like GET, without a body, and ends', async ({ path }) => {
    const fields = `host: ${own()}\r\nauthorization: Bearer ${viewer.token}\r\n`
    const head = `HEAD ${path} HTTP/1.1\r\n${fields}connection: close\r\n\r\n`
    const [top = '', body] = (await told(head)).split('\r\n\r\n')
    expect([200, 404]).toContain(Number(/^HTTP\/1\.1 (\d{3})/.exec(top)?.[1]))
    expect(body).toBe('')
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
  '127.0.0.1.nip.io:PORT',
  '127-0-0-1.rbndr.example:PORT',
  'a.localhost:PORT',
  'localhost.localdomain:PORT',
  'localhost%00:PORT',
  'localhost%2eexample.com:PORT',
  'loc\u00e4lhost:PORT',
  '\uff4cocalhost:PORT',
  'xn--lclhost-9ya:PORT',
  '127\u30020\u30020\u30021:PORT',
  '[::1%25lo]:PORT',
  '[::1]:PORT.',
  '[::1]x:PORT',
  '::1:PORT',
  '[0::1]:PORT',
  '[::7f00:1]:PORT',
  '[::FFFF:127.0.0.1]:PORT',
  '127.0.0.1:PORT#@example.com',
  '127.0.0.1:PORT?x',
  '127.0.0.1\\@example.com:PORT',
  '127.0.0.1:PORT\tx',
  '127.0.0.1:+PORT',
  '127.0.0.1:PORTx',
  '127.0.0.1: PORT',
  `${'a'.repeat(4000)}:PORT`,
  'localhost\u0000:PORT',
]

describe('Host', () => {
  test.each(['127.0.0.1:PORT', 'localhost:PORT', '[::1]:PORT'])('%s is ours', async (host) => {
    expect(await statusWithHost(host)).toBe(200)
  })

  test.each(some(HOSTS, 20))(
    '"%s" is not ours, whatever is asked and with what token',
    async (host) => {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST']) {
        const value = host.replaceAll('PORT', `${viewer.port}`)
        for (const target of ['/', '/api/sessions']) {
          const answer = await ask(
            `${method} ${target} HTTP/1.1\r\nhost: ${value}\r\nauthorization: Bearer ${viewer.token}\r\n`,
          )
          expect([403, 400], method).toContain(answer.status)
          expect(answer.body, method).toBe('')
        }
      }
    },
  )

  test('what stands around it is no way past it', async () => {
    const token = `authorization: Bearer ${viewer.token}\r\n`
    for (const head of [
      `GET / HTTP/1.1\r\nhost : ${own()}\r\n`,
      `GET / HTTP/1.1\r\n host: ${own()}\r\n`,
      `GET / HTTP/1.1\r\nhost: example.com\r\n\thost: ${own()}\r\n`,
      `GET / HTTP/1.1\r\nhost: example.com\r\n ${own()}\r\n`,
      `GET / HTTP/1.1\r\nhost: example.com\r\nx-forwarded-host: ${own()}\r\n`,
      `GET / HTTP/1.1\r\nhost: example.com\r\nforwarded: host="${own()}"\r\n`,
      `GET / HTTP/1.1\r\nhost: example.com\r\n:authority: ${own()}\r\n`,
      `GET / HTTP/1.1\nhost: example.com\nx: y\r\n`,
      `GET / HTTP/1.1\r\nhost: example.com\rhost: ${own()}\r\n`,
      `GET / HTTP/1.1\r\nh\u00f6st: ${own()}\r\n`,
      `GET / HTTP/1.0\r\nhost: example.com\r\n`,
      `GET / HTTP/2.0\r\nhost: example.com\r\n`,
      `GET  / HTTP/1.1\r\nhost: example.com\r\n`,
      `GET / HTTP/1.1 x\r\nhost: ${own()}\r\n`,
    ]) {
      const answer = await ask(`${head}${token}`)
      expect([403, 400], head).toContain(answer.status)
      expect(answer.body, head).toBe('')
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
    for (const other of [
      'http://example.com/',
      `http://${own()}/`,
      `//${own()}/`,
      '//example.com/page/index.html',
      'file:///etc/passwd',
      '*',
      `http://${own()}/api/sessions`,
      `/\\${own()}/`,
    ]) {
      const head = `GET ${other} HTTP/1.1\r\nhost: ${own()}\r\nauthorization: Bearer ${viewer.token}\r\n`
      expect([400, 404], other).toContain(await status(head))
    }
    expect(await status(`CONNECT ${own()} HTTP/1.1\r\nhost: ${own()}\r\n`)).not.toBe(200)
  })

  test('a request within a request is none', async () => {
    const inner = `GET /api/sessions HTTP/1.1\r\nhost: ${own()}\r\nauthorization: Bearer ${viewer.token}\r\n\r\n`
    const { length } = inner
    for (const fields of [
      `content-length: ${length}\r\n`,
      `transfer-encoding: chunked\r\ncontent-length: ${length}\r\n`,
      `content-length: ${length}\r\ncontent-length: 0\r\n`,
      `content-length: +${length}\r\n`,
      `content-length: 0, ${length}\r\n`,
      `transfer-encoding : chunked\r\ncontent-length: ${length}\r\n`,
      'transfer-encoding: xchunked\r\n',
      'transfer-encoding: chunked, identity\r\n',
    ]) {
      const outer = `GET / HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n${fields}\r\n`
      const answer = await told(`${outer}${inner}`)
      expect(answer, fields).toMatch(/^HTTP\/1\.1 40[03] /)
      expect(answer, fields).not.toContain(SESSION_ID)
    }
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
  'NULL',
  'null, http://127.0.0.1:PORT',
  'http://127.0.0.1:PORT http://example.com',
  'http://127.0.0.1:PORT,http://127.0.0.1:PORT',
  'http://127.0.0.1:PORT#',
  'http://127.0.0.1:PORT?',
  'http://user@127.0.0.1:PORT',
  'http://127.0.0.1.:PORT',
  'http://[::ffff:127.0.0.1]:PORT',
  'ws://127.0.0.1:PORT',
  'blob:http://127.0.0.1:PORT',
  'about:blank',
  'data:',
  'vscode-webview://abc',
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

  test('two of them are refused, though both are ours', async () => {
    const line = `origin: http://${own()}\r\n`
    expect(await status(`GET / HTTP/1.1\r\nhost: ${own()}\r\n${line}${line}`)).toBe(403)
  })

  test.each([
    'SAME-ORIGIN',
    'same-origin, cross-site',
    'none, cross-site',
    '',
    'same-origin\r\nsec-fetch-site: cross-site',
  ])('a site told as "%s" is no own one', async (site) => {
    const fields = { 'sec-fetch-site': site, authorization: `Bearer ${viewer.token}` }
    expect(await statusOf('/api/sessions', fields)).toBe(403)
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
  '..%c0%afetc/passwd',
  '..%e0%80%afetc/passwd',
  '%f0%80%80%ae%f0%80%80%ae/etc/passwd',
  '..%u2215etc/passwd',
  '..%ef%bc%8fetc/passwd',
  '..;a=b/etc/passwd',
  ';/../etc/passwd',
  '%3b/..%3b/etc/passwd',
  '.%00./etc/passwd',
  '%2e%00%2e/etc/passwd',
  '..\u0000/etc/passwd',
  '\\\\server\\share',
  'index.html%23',
  'index.html%3f',
  '%69ndex.html/../../x',
  '%',
  '%zz',
  '%ff',
  '%ed%a0%80',
  '\ud800',
  'a%0d%0aset-cookie:%20a=b',
  'hasOwnProperty',
  '__defineGetter__',
  '-1',
  '0',
  '1e3',
  '+1',
  '1%00',
  '9'.repeat(300),
  `${'%2e%2e%2f'.repeat(200)}etc/passwd`,
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
      // A dot leads nowhere: there is no folder that it could mean.
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

/** Sends a head unchanged, and reads the head of the response, and its body if it ends. */
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

/** Everything that it says in response to some bytes, until it has no more to say. */
async function told(bytes: string): Promise<string> {
  const socket = connect(viewer.port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(bytes)
  return text(socket)
}

async function firstPart(socket: ReturnType<typeof connect>): Promise<string> {
  for await (const bytes of socket) return bytes.toString()
  return ''
}
