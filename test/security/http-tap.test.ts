import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TapBetween, tapBetween } from '../launcher/taps/http/tap-between.js'

let between: TapBetween
let prefix: string
const reached: string[] = []

beforeAll(async () => {
  between = await tapBetween(
    (request, response) => {
      reached.push(`${request.headers.host}${request.url}`)
      request.resume()
      if (request.url?.startsWith('/redirect'))
        response.setHeader('location', 'http://evil.example/')
      response.writeHead(request.url?.startsWith('/redirect') ? 307 : 200).end('from the upstream')
    },
    '',
    { canTellPeers: false },
  )
  prefix = new URL(between.baseUrl).pathname
})

beforeEach(() => {
  reached.length = 0
})

afterAll(() => between.close())

// PORT is the tap's.
const STRANGE_HOSTS = [
  ...['evil.example', 'evil.example:PORT', 'localhost.evil.example:PORT', '127.0.0.1.nip.io:PORT'],
  ...['127.0.0.1', 'localhost', '[::1]', '127.0.0.1:80', 'localhost:1PORT', '127.0.0.1:0PORT'],
  ...['127.1:PORT', '0x7f.1:PORT', '0177.0.0.1:PORT', '2130706433:PORT', '127.0.0.2:PORT'],
  ...['0.0.0.0:PORT', '[::]:PORT', '[::ffff:127.0.0.1]:PORT', '[0:0:0:0:0:0:0:1]:PORT'],
  ...[
    'LOCALHOST:PORT',
    'localhost.:PORT',
    'localhost:PORT.',
    'localhost:PORT/',
    '%6cocalhost:PORT',
  ],
  ...['user@127.0.0.1:PORT', '127.0.0.1:PORT@evil.example', '127.0.0.1:PORT,evil.example'],
  ...['127.0.0.1:PORT evil.example', '127.0.0.1 :PORT', 'null', ''],
]

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'upgrade'] as const

describe('a request whose Host is', () => {
  test.each(STRANGE_HOSTS)('%j gets 403 without a body, whatever the method', async (host) => {
    for (const method of METHODS) {
      const answer = await send(method, `${prefix}/models`, host)
      expect([method, answer]).toEqual([method, { status: 403, body: '' }])
    }
    expect(reached).toEqual([])
  })

  test.each(['127.0.0.1:PORT', 'localhost:PORT', '[::1]:PORT'])('%s is let in', async (host) => {
    for (const method of METHODS) {
      const { status } = await send(method, `${prefix}/models`, host)
      expect([method, status]).toEqual([method, 200])
    }
    const own = between.upstreamUrl.host
    expect(reached).toEqual(METHODS.map(() => `${own}/models`))
  })

  test('missing is refused, in HTTP/1.1 and in HTTP/1.0', async () => {
    for (const version of ['1.0', '1.1']) {
      const { status, body } = await exchange(`GET ${prefix}/models HTTP/${version}\r\n\r\n`)
      expect([400, 403]).toContain(status)
      expect(body).toBe('')
    }
    expect(reached).toEqual([])
  })
})

describe('a request without the secret', () => {
  const paths = (): string[] => {
    const secret = prefix.slice(1)
    const flipped = (secret[0] === 'A' ? 'B' : 'A') + secret.slice(1)
    return [
      ...[
        '/',
        '*',
        '/v1/models',
        '/models',
        `/${flipped}/models`,
        `/${secret.slice(0, -1)}/models`,
      ],
      ...[`/${secret}x/models`, `/${secret.toUpperCase()}/models`, `//${secret}/models`],
      ...[`/./${secret}/models`, `/x/../${secret}/models`],
      `/%${secret.charCodeAt(0).toString(16)}${secret.slice(1)}`,
      ...[`${prefix}x/models`, `${prefix}@evil.example/`, `${prefix}:80/`, `${prefix}%2fmodels`],
      ...[`http://evil.example/`, `http://127.0.0.1:${between.tap.port}${prefix}/models`],
      // The upstream has redirected nobody.
      ...[`${prefix}/~1/models`, `${prefix}/~0/models`],
    ]
  }

  test('gets 404 without a body, whatever the path and the method', async () => {
    for (const path of paths()) {
      for (const method of METHODS) {
        const answer = await send(method, path, '127.0.0.1:PORT')
        expect([method, path, answer]).toEqual([method, path, { status: 404, body: '' }])
      }
    }
    expect(reached).toEqual([])
  })

  test('by CONNECT gets 404 and no further', async () => {
    const { status, body } = await exchange(
      `CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1:${between.tap.port}\r\n\r\n`,
    )
    expect([status, body]).toEqual([404, ''])
    expect(reached).toEqual([])
  })
})

describe('with the secret', () => {
  test.each(['//evil.example/x', '/http://evil.example/', '/../../x', '/\\evil.example', '?a=b'])(
    'a path like %s goes to the upstream and nowhere else',
    async (path) => {
      expect(await send('GET', prefix + path, '127.0.0.1:PORT')).toMatchObject({ status: 200 })
      const own = between.upstreamUrl.host
      expect(reached).toEqual([`${own}${path.startsWith('?') ? `/${path}` : path}`])
    },
  )

  test('a redirection is handed on and not followed: where it leads is the agent’s to go', async () => {
    const { status } = await send('POST', `${prefix}/redirect`, '127.0.0.1:PORT')
    expect(status).toBe(307)
    expect(reached).toHaveLength(1)
  })
})

describe('what only browsers say of themselves', () => {
  test.each(['Origin: http://127.0.0.1', 'Sec-Fetch-Site: none', 'sec-fetch-dest: empty'])(
    '%s gets 403',
    async (field) => {
      const { status } = await exchange(
        `GET ${prefix}/models HTTP/1.1\r\nHost: 127.0.0.1:${between.tap.port}\r\n${field}\r\n\r\n`,
      )
      expect(status).toBe(403)
      expect(reached).toEqual([])
    },
  )
})

test('it listens on 127.0.0.1 only', async () => {
  const socket = connect(between.tap.port, '127.0.0.2')
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNREFUSED')
})

type Answer = { status: number | undefined; body: string }

async function send(method: (typeof METHODS)[number], path: string, host: string): Promise<Answer> {
  const isUpgrade = method === 'upgrade'
  const lines = [
    `${isUpgrade ? 'GET' : method} ${path} HTTP/1.1`,
    `Host: ${host.replaceAll('PORT', String(between.tap.port))}`,
    ...(isUpgrade ? ['Connection: close, Upgrade', 'Upgrade: websocket'] : ['Connection: close']),
    ...(method === 'POST' || method === 'PUT' ? ['Content-Length: 2', '', '{}'] : ['', '']),
  ]
  return exchange(lines.join('\r\n'))
}

/** Sends bytes unchanged, and reads until the connection ends. */
async function exchange(request: string): Promise<Answer> {
  const socket = connect(between.tap.port, '127.0.0.1')
  socket.write(request)
  let answer = ''
  for await (const bytes of socket) answer += bytes
  const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]
  const end = answer.indexOf('\r\n\r\n')
  const body = end < 0 ? answer : answer.slice(end + 4)
  // A response to HEAD and an empty chunked one have none either.
  return {
    status: status === undefined ? undefined : Number(status),
    body: body.replace(/^0\r\n\r\n$/, ''),
  }
}
