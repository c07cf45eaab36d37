import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Network, networkOf } from '../../../packages/launcher/dist/network/network.js'
import {
  type Opened,
  openConnection,
} from '../../../packages/launcher/dist/network/open-connection.js'
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type HttpProxyOptions,
  type Identity,
  listen,
  type SocksProxyOptions,
  startHttpProxy,
  startSocksProxy,
  startTlsServer,
} from '../../network/index.js'

const CERTIFICATE_VARIABLE = 'CODEX_CA_CERTIFICATE'

let authority: CertificateAuthority
let identity: Identity

beforeAll(() => {
  authority = createCertificateAuthority('open-connection')
  identity = authority.issue()
})

afterAll(() => authority[Symbol.asyncDispose]())

function network(environment: NodeJS.ProcessEnv = {}): Network {
  const trusting = { SSL_CERT_FILE: authority.file, ...environment }
  return networkOf(trusting, { certificateVariable: CERTIFICATE_VARIABLE })
}

/** Trusts a folder in place of the system's store, and offers no protocols. */
function trustingFolder(): NodeJS.ProcessEnv {
  return { SSL_CERT_FILE: '', SSL_CERT_DIR: authority.folder }
}

/** What comes over a connection until its end; then it is closed. */
async function textOf({ socket }: Opened): Promise<string> {
  let text = ''
  for await (const bytes of socket.setEncoding('latin1')) text += bytes
  socket.destroy()
  return text
}

function startPlainServer() {
  return listen(createServer({ allowHalfOpen: true }, (socket) => socket.end('hello')))
}

describe('direct', () => {
  test.each(['http', 'ws'])(
    '%s: a socket that is paused, half open allowed, and heard by nobody of ours',
    async (scheme) => {
      await using server = await listen(
        createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)),
      )
      const opened = await openConnection(
        network(),
        new URL(`${scheme}://127.0.0.1:${server.port}`),
      )
      const { socket } = opened
      expect(opened).toEqual({ socket, form: 'origin' })
      expect(socket).toBeInstanceOf(Socket)
      expect([socket.allowHalfOpen, socket.readableFlowing, socket.timeout]).toEqual([
        true,
        null,
        undefined,
      ])
      expect(
        socket.listenerCount('error') +
          socket.listenerCount('readable') +
          socket.listenerCount('close'),
      ).toBe(0)
      // The server receives the end, and still answers.
      socket.end('echo')
      expect(await textOf(opened)).toBe('echo')
    },
  )

  // Codex 0.169, measured; with a file of its own it offers HTTP/2 besides HTTP/1.1.
  const handshakes: [
    variable: string,
    target: string,
    serverName: string | false,
    protocol: string | false,
  ][] = [
    ['SSL_CERT_FILE', 'https://localhost', 'localhost', 'http/1.1'],
    ['SSL_CERT_FILE', 'https://127.0.0.1', false, 'http/1.1'],
    ['SSL_CERT_FILE', 'wss://localhost', 'localhost', false],
    ['SSL_CERT_DIR', 'https://localhost', 'localhost', false],
    ['SSL_CERT_DIR', 'wss://localhost', 'localhost', false],
  ]
  for (const [variable, target, serverName, protocol] of handshakes) {
    test(`${target} with ${variable} names ${serverName || 'no host'} and ${protocol || 'no protocol'}`, async () => {
      await using server = await startTlsServer(identity, { ALPNProtocols: ['h2', 'http/1.1'] })
      const environment = variable === 'SSL_CERT_DIR' ? trustingFolder() : {}
      const opened = await openConnection(
        network(environment),
        new URL(`${target}:${server.port}/v1`),
      )
      expect(opened.socket).toBeInstanceOf(TLSSocket)
      expect(opened.socket.allowHalfOpen).toBe(true)
      expect(await textOf(opened)).toBe('hello')
      expect(server.clients).toEqual([{ serverName, protocol }])
    })
  }

  test('an address of IPv6, and a name that leads to both families', async () => {
    await using plain = await listen(
      createServer((socket) => socket.end('six')),
      '::1',
    )
    const opened = await openConnection(network(), new URL(`http://[::1]:${plain.port}/`))
    expect(await textOf(opened)).toBe('six')
    await using secure = await startTlsServer(identity, { host: '::1' })
    expect(
      await textOf(await openConnection(network(), new URL(`https://[::1]:${secure.port}/`))),
    ).toBe('hello')
    await using four = await startPlainServer()
    expect(
      await textOf(await openConnection(network(), new URL(`http://localhost:${four.port}/`))),
    ).toBe('hello')
  })

  test('TLS that ends in mid-handshake, a server without TLS, one that is gone, a name that is none', async () => {
    await using plain = await startPlainServer()
    await using silent = await listen(
      createServer((socket) => socket.once('data', () => socket.destroy())),
    )
    const gone = await startPlainServer()
    await gone[Symbol.asyncDispose]()
    for (const [target, code] of [
      [`https://127.0.0.1:${silent.port}`, 'ECONNRESET'],
      [`https://127.0.0.1:${plain.port}`, 'ERR_SSL_WRONG_VERSION_NUMBER'],
      [`http://127.0.0.1:${gone.port}`, 'ECONNREFUSED'],
      [`https://127.0.0.1:${gone.port}`, 'ECONNREFUSED'],
      [`http://nowhere.invalid:1`, /ENOTFOUND|EAI_AGAIN/],
    ] as const) {
      const error = await openConnection(network(), new URL(target)).catch((cause) => cause)
      expect(error).toBeInstanceOf(Error)
      expect(error.code).toMatch(code)
    }
  })

  test('a server that speaks HTTP/2 alone is told from all others, where protocols are offered', async () => {
    await using server = await startTlsServer(identity, { ALPNProtocols: ['h2'] })
    const target = new URL(`https://localhost:${server.port}`)
    expect(await textOf(await openConnection(network(trustingFolder()), target))).toBe('hello')
    await expect(
      openConnection(network(), new URL(`https://127.0.0.1:${server.port}`)),
    ).rejects.toMatchObject({ code: 'HTTP2_ONLY' })
  })

  test('TLS 1.1 is refused', async () => {
    const old = {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const
    await using server = await startTlsServer(identity, old)
    await expect(
      openConnection(network(), new URL(`https://127.0.0.1:${server.port}`)),
    ).rejects.toMatchObject({ code: expect.stringMatching(/PROTOCOL/) })
  })

  test('a certificate for another name is refused, whatever the environment of Node says', async () => {
    const other = authority.issue({ names: ['other.test'], addresses: [] })
    await using server = await startTlsServer(other)
    onTestFinished(() => void vi.unstubAllEnvs())
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    await expect(
      openConnection(network(), new URL(`https://localhost:${server.port}`)),
    ).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  })
})

describe('through an HTTP proxy', () => {
  test('plain HTTP goes to it in absolute form, with the user for its requests', async () => {
    await using server = await startPlainServer()
    await using proxy = await startHttpProxy()
    const HTTP_PROXY = `http://us%40r:pw@127.0.0.1:${proxy.port}`
    const opened = await openConnection(
      network({ HTTP_PROXY }),
      new URL(`http://127.0.0.1:${server.port}/v1`),
    )
    expect(opened.form).toBe('absolute')
    expect(opened.proxyAuthorization).toBe(`Basic ${Buffer.from('us@r:pw').toString('base64')}`)
    opened.socket.write(`GET http://127.0.0.1:${server.port}/v1 HTTP/1.1\r\n\r\n`)
    expect(await textOf(opened)).toBe('hello')
  })

  // The error messages of the agent's two clients: Codex 0.169, measured.
  const rows: [target: string, head: string][] = [
    [
      'https://llm.internal.test:PORT',
      'CONNECT llm.internal.test:PORT HTTP/1.1\r\nHost: llm.internal.test:PORT',
    ],
    [
      'wss://llm.internal.test:PORT',
      'CONNECT llm.internal.test:PORT HTTP/1.1\r\nHost: llm.internal.test:PORT\r\nProxy-Connection: Keep-Alive',
    ],
    ['https://[::1]:PORT', 'CONNECT [::1]:PORT HTTP/1.1\r\nHost: [::1]:PORT'],
    [
      'wss://[::1]:PORT',
      'CONNECT ::1:PORT HTTP/1.1\r\nHost: ::1:PORT\r\nProxy-Connection: Keep-Alive',
    ],
  ]
  for (const [target, head] of rows) {
    test(`${target} goes through a tunnel`, async () => {
      await using server = await startTlsServer(identity)
      await using proxy = await startHttpProxy({ leadTo: '127.0.0.1' })
      const at = (text: string) => text.replaceAll('PORT', String(server.port))
      const opened = await openConnection(network({ ALL_PROXY: proxy.url }), new URL(at(target)))
      expect(opened.form).toBe('origin')
      expect(await textOf(opened)).toBe('hello')
      expect(proxy.heads).toEqual([at(head)])
    })
  }

  test('a plain WebSocket goes through a tunnel too, and keeps what comes with the answer', async () => {
    await using server = await startPlainServer()
    await using proxy = await startHttpProxy({ letThroughWith: '201 Fine' })
    const target = new URL(`ws://127.0.0.1:${server.port}`)
    const opened = await openConnection(network({ HTTP_PROXY: proxy.url }), target)
    expect(await textOf(opened)).toBe('hello')
  })

  test('it says who it is', async () => {
    await using server = await startTlsServer(identity)
    const authorization = `Basic ${Buffer.from('ada:pä').toString('base64')}`
    await using proxy = await startHttpProxy({ authorization })
    const target = new URL(`https://127.0.0.1:${server.port}`)
    const HTTPS_PROXY = `127.0.0.1:${proxy.port}`
    expect(
      await textOf(
        await openConnection(network({ HTTPS_PROXY: `ada:p%C3%A4@${HTTPS_PROXY}` }), target),
      ),
    ).toBe('hello')
    await expect(openConnection(network({ HTTPS_PROXY }), target)).rejects.toMatchObject({
      code: 'PROXY_REFUSED',
      message: expect.stringContaining('407'),
    })
  })

  test('TLS to the proxy itself, and TLS inside of it', async () => {
    await using server = await startTlsServer(identity)
    await using plain = await startPlainServer()
    await using proxy = await startHttpProxy({ identity })
    const through = network({ ALL_PROXY: proxy.url })
    expect(
      await textOf(await openConnection(through, new URL(`https://127.0.0.1:${server.port}`))),
    ).toBe('hello')
    const opened = await openConnection(through, new URL(`http://127.0.0.1:${plain.port}`))
    expect(opened.form).toBe('absolute')
    opened.socket.write(`GET http://127.0.0.1:${plain.port}/ HTTP/1.1\r\n\r\n`)
    expect(await textOf(opened)).toBe('hello')
  })

  const refusals: [title: string, options: HttpProxyOptions, code: string][] = [
    ['answers 403', { refuseWith: '403 Forbidden' }, 'PROXY_REFUSED'],
    ['answers 201, which Codex does not take', { letThroughWith: '201 Created' }, 'PROXY_REFUSED'],
    [
      'answers with a head without end',
      { refuseWith: `403 ${'x'.repeat(10_000)}` },
      'PROXY_REFUSED',
    ],
    ['cannot reach the target', {}, 'ECONNRESET'],
  ]
  for (const [title, options, code] of refusals) {
    test(`a proxy that ${title}`, async () => {
      await using server = await startTlsServer(identity)
      await using proxy = await startHttpProxy(options)
      if (code === 'ECONNRESET') await server[Symbol.asyncDispose]()
      const target = new URL(`https://127.0.0.1:${server.port}`)
      await expect(
        openConnection(network({ HTTPS_PROXY: proxy.url }), target),
      ).rejects.toMatchObject({ code })
    })
  }

  test('a proxy that says something else, or nothing', async () => {
    for (const [words, code] of [
      ['SSH-2.0-x\r\n\r\n', 'PROXY_REFUSED'],
      ['', 'ECONNRESET'],
    ] as const) {
      await using proxy = await listen(createServer((socket) => socket.end(words)))
      const HTTPS_PROXY = `http://127.0.0.1:${proxy.port}`
      await expect(
        openConnection(network({ HTTPS_PROXY }), new URL('https://x.test')),
      ).rejects.toMatchObject({ code })
    }
  })
})

describe('a WebSocket through a SOCKS proxy', () => {
  const user = { name: 'u@', password: 'p q' }
  const rows: [title: string, options: SocksProxyOptions, userinfo: string, methods: number[]][] = [
    ['without a user', {}, '', [0]],
    ['with a user', { user }, 'u%40:p%20q@', [0, 2]],
    ['with a user that it does not want', {}, 'u:p@', [0, 2]],
    ['that answers byte by byte', { user, isSlow: true }, 'u%40:p%20q@', [0, 2]],
  ]
  for (const [title, options, userinfo, methods] of rows) {
    test(title, async () => {
      await using server = await startTlsServer(identity)
      await using plain = await startPlainServer()
      await using proxy = await startSocksProxy({ leadTo: '127.0.0.1', ...options })
      const through = network({ ALL_PROXY: `socks5://${userinfo}127.0.0.1:${proxy.port}` })
      for (const target of [
        `wss://llm.internal.test:${server.port}`,
        `ws://127.0.0.1:${plain.port}`,
        `wss://[::1]:${server.port}`,
      ])
        expect(await textOf(await openConnection(through, new URL(target)))).toBe('hello')
      expect(proxy.requests).toEqual([
        `name llm.internal.test:${server.port}`,
        `address 127.0.0.1:${plain.port}`,
        `address 0000:0000:0000:0000:0000:0000:0000:0001:${server.port}`,
      ])
      expect(proxy.methods).toEqual([methods, methods, methods])
    })
  }

  test('it refuses in words', async () => {
    for (const [options, userinfo, words] of [
      [{ reply: 5 }, '', 'refused'],
      [{ reply: 99 }, '', '99'],
      [{ user }, '', 'authentication'],
      [{ user }, 'u:wrong@', 'password'],
    ] as const) {
      await using proxy = await startSocksProxy(options)
      const ALL_PROXY = `socks5h://${userinfo}127.0.0.1:${proxy.port}`
      await expect(
        openConnection(network({ ALL_PROXY }), new URL('ws://x.test')),
      ).rejects.toMatchObject({
        code: 'PROXY_REFUSED',
        message: expect.stringContaining(words),
      })
    }
    await using web = await startHttpProxy()
    const ALL_PROXY = `socks5h://127.0.0.1:${web.port}`
    await using other = await listen(
      createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    )
    const wrong = `socks5h://127.0.0.1:${other.port}`
    await expect(
      openConnection(network({ ALL_PROXY: wrong }), new URL('ws://x.test')),
    ).rejects.toMatchObject({ code: 'PROXY_REFUSED' })
    // HTTP over SOCKS, which Codex cannot do.
    await expect(
      openConnection(network({ ALL_PROXY }), new URL('http://x.test')),
    ).rejects.toMatchObject({ code: 'PROXY_UNUSABLE' })
    expect(web.heads).toEqual([])
  })
})

describe('given up', () => {
  const never = () => createServer(() => {})

  test('before it begins', async () => {
    await using server = await startPlainServer()
    const opening = openConnection(
      network(),
      new URL(`http://127.0.0.1:${server.port}`),
      AbortSignal.abort(),
    )
    await expect(opening).rejects.toMatchObject({ code: 'ABORT_ERR' })
    expect(server.connections.size).toBe(0)
  })

  for (const [title, target, variable] of [
    ['in a TLS handshake', 'https://127.0.0.1:PORT', undefined],
    ['while an HTTP proxy thinks', 'https://x.test', 'http://127.0.0.1:PORT'],
    ['while a SOCKS proxy thinks', 'wss://x.test', 'socks5://127.0.0.1:PORT'],
    ['in the handshake with a proxy', 'http://x.test', 'https://127.0.0.1:PORT'],
  ] as const) {
    test(title, async () => {
      const silent = never()
      await using server = await listen(silent)
      const at = (text: string) => text.replace('PORT', String(server.port))
      const giveUp = new AbortController()
      const arrived = once(silent, 'connection')
      const opening = openConnection(
        network(variable && { ALL_PROXY: at(variable) }),
        new URL(at(target)),
        giveUp.signal,
      )
      const [connection] = (await arrived) as [Socket]
      const closed = once(connection, 'close')
      // It has spoken, and waits for an answer.
      await once(connection, 'data')
      giveUp.abort()
      await expect(opening).rejects.toMatchObject({ code: 'ABORT_ERR' })
      await closed
    })
  }

  test('while it connects', async () => {
    await using server = await startPlainServer()
    const giveUp = new AbortController()
    const target = new URL(`http://127.0.0.1:${server.port}`)
    const opening = openConnection(network(), target, giveUp.signal)
    giveUp.abort()
    await expect(opening).rejects.toMatchObject({ code: 'ABORT_ERR' })
  })

  test('after it was opened, nothing is given up', async () => {
    await using server = await startPlainServer()
    const giveUp = new AbortController()
    const opened = await openConnection(
      network(),
      new URL(`http://127.0.0.1:${server.port}`),
      giveUp.signal,
    )
    giveUp.abort()
    expect(await textOf(opened)).toBe('hello')
  })
})
