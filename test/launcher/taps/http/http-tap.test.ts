import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  Agent,
  type IncomingMessage,
  type RequestOptions,
  request,
  type ServerResponse,
} from 'node:http'
import { connect, type Socket } from 'node:net'
import { setImmediate as tick } from 'node:timers/promises'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { Content, RawRecord } from '@tacho/format'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SessionOnDisk } from '../../../agents/session-on-disk.js'
import { eventually } from '../../../host/index.js'
import { type TapBetween, tapBetween } from './tap-between.js'

type Upstream = (request: IncomingMessage, response: ServerResponse) => void

let between: TapBetween
let answer: Upstream
let client: Agent

beforeEach(async () => {
  client = new Agent({ keepAlive: true })
  between = await tapBetween((asked, response) => answer(asked, response))
})

afterEach(async () => {
  client.destroy()
  await between.close()
})

describe('what passes is what was sent', () => {
  test('methods, paths, headers in their order and case, repeated ones, and status text', async () => {
    const seen: [method: string | undefined, url: string | undefined, raw: string[]][] = []
    answer = (asked, response) => {
      seen.push([asked.method, asked.url, asked.rawHeaders])
      response.sendDate = false
      response.writeHead(207, 'Rather Mixed', [
        ...['Content-Type', 'application/json', 'X-Two', 'one', 'X-Two', 'two'],
        ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'x-latin', 'caf\xe9'],
      ])
      response.end(asked.method === 'HEAD' ? undefined : '{}')
    }
    const headers = ['Host', 'ignored', 'x-Lower', 'a', 'X-Two', '1', 'X-Two', '2', 'X-Empty', '']
    for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH']) {
      const got = await ask({ method, path: '/models/a%2Fb?x=1&y=%20', headers })
      expect([got.statusCode, got.statusMessage]).toEqual([207, 'Rather Mixed'])
      expect(withoutConnection(got.rawHeaders)).toEqual([
        ...['Content-Type: application/json', 'X-Two: one', 'X-Two: two'],
        ...['Set-Cookie: a=1', 'Set-Cookie: b=2', 'x-latin: caf\xe9'],
      ])
    }
    expect(seen.map(([method, url, raw]) => [method, url, withoutConnection(raw)])).toEqual(
      ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH'].map((method) => [
        method,
        '/v1/models/a%2Fb?x=1&y=%20',
        [`Host: ${between.upstreamUrl.host}`, 'x-Lower: a', 'X-Two: 1', 'X-Two: 2', 'X-Empty: '],
      ]),
    )
  })

  test.each([0, 1, 65_535, 65_536, 9_000_001])(
    'request bodies of %i bytes, with their length and in chunks',
    async (length) => {
      const body = randomBytes(length)
      const lengths: unknown[] = []
      answer = async (asked, response) => {
        lengths.push(asked.headers['content-length'])
        response.end(sha256(await whole(asked)))
      }
      for (const headers of [{ 'content-length': length }, { 'transfer-encoding': 'chunked' }]) {
        const got = await ask({ method: 'POST', path: '/responses', headers }, body)
        expect(got.body.toString()).toBe(sha256(body))
      }
      expect(lengths[0]).toBe(String(length))
    },
  )

  test.each([204, 304, 400, 401, 403, 404, 418, 429, 500, 502, 503, 529])(
    'status %i, with its headers and its body',
    async (status) => {
      const hasBody = status !== 204 && status !== 304
      answer = (_, response) => {
        response.writeHead(status, { 'retry-after': '7' })
        response.end(hasBody ? `because of ${status}` : undefined)
      }
      const got = await ask({ method: 'POST', path: '/responses' }, Buffer.from('{}'))
      expect(got.statusCode).toBe(status)
      expect(got.headers['retry-after']).toBe('7')
      expect(got.body.toString()).toBe(hasBody ? `because of ${status}` : '')
    },
  )

  test('trailers', async () => {
    answer = (_, response) => {
      response.writeHead(200, { trailer: 'X-Sum' })
      response.write('body')
      response.addTrailers({ 'X-Sum': '42' })
      response.end()
    }
    expect((await ask({ path: '/responses' })).trailers).toEqual({ 'x-sum': '42' })
    const session = await between.recorded()
    expect(session.ends).toMatchObject([{ state: 'completed' }])
  })

  test('a client that waits for 100 Continue gets it', async () => {
    answer = async (asked, response) => response.end(await whole(asked))
    const asking = request(urlOf('/responses'), {
      method: 'POST',
      headers: { expect: '100-continue', 'content-length': 4 },
      agent: client,
    })
    asking.flushHeaders()
    await once(asking, 'continue')
    asking.end('late')
    const [got] = (await once(asking, 'response')) as [IncomingMessage]
    expect((await whole(got)).toString()).toBe('late')
  })
})

describe('an answer that is compressed', () => {
  const text = 'event: a\ndata: {"façade":"😀"}\n\n'.repeat(50)
  test.each([
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
  ])('with %s passes as it is and is recorded readable', async (coding, bytes) => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': coding })
      for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7))
      response.end()
    }
    const got = await ask({ path: '/responses' })
    expect(got.body.equals(bytes)).toBe(true)
    const session = await recordedWhole()
    expect(recordedText(session.raw)).toBe(text)
    expect(session.ends).toMatchObject([{ responseBytes: bytes.length }])
  })

  test.each(['gzip', 'br', 'x-unheard-of'])(
    'with %s, as it says and is not, passes all the same',
    async (coding) => {
      answer = (_, response) =>
        response.writeHead(200, { 'content-encoding': coding }).end('plain it is')
      expect((await ask({ path: '/responses' })).body.toString()).toBe('plain it is')
      const session = await recordedWhole()
      expect(session.ends).toMatchObject([{ state: 'completed', responseBytes: 11 }])
      expect(session.log).not.toContain('ERROR')
    },
  )
})

describe('a stream', () => {
  test('arrives piece by piece, each before the next is sent', async () => {
    let stream: ServerResponse | undefined
    answer = (_, response) => {
      stream = response
      response.writeHead(200).flushHeaders()
    }
    const asking = request(urlOf('/responses'), { agent: client }).end()
    // The head arrives before any byte of the body.
    const [got] = (await once(asking, 'response')) as [IncomingMessage]
    // Each ends in a full stop, so that nothing that could begin a secret is held back for the log.
    for (const piece of ['one.', 'two.', 'faç.', '😀.']) {
      stream?.write(piece)
      const [bytes] = (await once(got, 'data')) as [Buffer]
      expect(bytes.toString()).toBe(piece)
    }
    stream?.end()
    await once(got, 'end')
    const chunks = (await between.recorded()).raw.filter(({ kind }) => kind === 'chunk')
    expect(chunks).toMatchObject([
      { content: 'one.' },
      { content: 'two.' },
      { content: 'faç.' },
      { content: '😀.' },
    ])
  })

  test('stops at the source while nobody reads it, and goes on whole', async () => {
    const piece = randomBytes(1024 * 1024)
    const pieces = 64
    let written = 0
    answer = async (_, response) => {
      const hash = createHash('sha256')
      for (; written < pieces; written += 1) {
        hash.update(piece)
        if (!response.write(piece)) await once(response, 'drain')
      }
      response.end()
    }
    const asking = request(urlOf('/responses'), { agent: client }).end()
    const [got] = (await once(asking, 'response')) as [IncomingMessage]
    await untilItStands(() => written)
    expect(written).toBeLessThan(pieces / 2)
    const hash = createHash('sha256')
    let length = 0
    for await (const bytes of got as AsyncIterable<Buffer>) {
      hash.update(bytes)
      length += bytes.length
    }
    expect(length).toBe(pieces * piece.length)
    const wanted = createHash('sha256')
    for (let count = 0; count < pieces; count += 1) wanted.update(piece)
    expect(hash.digest('hex')).toBe(wanted.digest('hex'))
  })

  test('that the client leaves is left at the upstream too', async () => {
    const closed = new Promise<void>((resolve) => {
      answer = (_, response) => {
        response.on('close', resolve)
        response.writeHead(200).write('data: begun\n\n')
      }
    })
    const asking = request(urlOf('/responses'), { agent: client }).end()
    asking.on('error', () => {})
    const [got] = (await once(asking, 'response')) as [IncomingMessage]
    got.on('error', () => {})
    await once(got, 'data')
    asking.destroy()
    await closed
    const session = await between.recorded()
    expect(session.ends).toMatchObject([{ state: 'cancelled', responseBytes: 13 }])
  })

  test('that the client leaves behind its last event is complete', async () => {
    const closed = new Promise<void>((resolve) => {
      answer = (_, response) => {
        response.on('close', resolve)
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        const last = { type: 'response.completed', response: { id: 'r', status: 'completed' } }
        // And never ends it.
        response.write(`event: response.completed\ndata: ${JSON.stringify(last)}\n\n`)
      }
    })
    const asking = request(urlOf('/responses'), { method: 'POST', agent: client }).end('{}')
    asking.on('error', () => {})
    const [got] = (await once(asking, 'response')) as [IncomingMessage]
    got.on('error', () => {})
    await once(got, 'data')
    asking.destroy()
    await closed
    const session = await between.recorded()
    expect(session.ends).toMatchObject([{ state: 'completed' }])
  })

  test('that the upstream resets is reset at the client', async () => {
    answer = (asked, response) => {
      response.writeHead(200).write('half of it')
      response.once('drain', () => {})
      setImmediate(() => asked.socket.resetAndDestroy())
    }
    await expect(ask({ path: '/responses' })).rejects.toThrow(/aborted|ECONNRESET|hang up/)
    const session = await between.recorded()
    expect(session.ends).toMatchObject([{ state: 'failed', error: { side: 'upstream' } }])
  })

  test('that a request body is cut off leaves the upstream without its end', async () => {
    const cut = new Promise<string>((resolve) => {
      answer = (asked) => {
        asked.resume()
        asked.on('error', (error) => resolve(error.message))
      }
    })
    const asking = request(urlOf('/responses'), { method: 'POST', agent: client })
    asking.on('error', () => {})
    const arrived = once(between.upstream, 'request')
    asking.write('the first half')
    await arrived
    await eventually(() => expect(between.recording.latest.folder).toBeTruthy())
    asking.destroy()
    expect(await cut).toBe('aborted')
    const session = await between.recorded()
    expect(session.ends).toMatchObject([{ state: 'cancelled' }])
    expect(JSON.stringify(session.raw)).toContain('the first half')
  })
})

test('connections are kept alive on both sides', async () => {
  const upstreams = new Set<Socket>()
  const clients = new Set<Socket>()
  answer = (asked, response) => {
    upstreams.add(asked.socket)
    response.end('x')
  }
  for (let count = 0; count < 5; count += 1) {
    const asking = request(urlOf('/responses'), { agent: client }).end()
    const [got] = (await once(asking, 'response')) as [IncomingMessage]
    clients.add(got.socket)
    await whole(got)
    await tick()
  }
  expect([upstreams.size, clients.size]).toEqual([1, 1])
})

test('exchanges that run beside each other are recorded each for itself', async () => {
  answer = async (asked, response) => {
    const body = await whole(asked)
    await tick()
    for (const byte of body) response.write(String.fromCharCode(byte))
    response.end()
  }
  const words = Array.from({ length: 20 }, (_, index) => `word ${index} ${'x'.repeat(index)}`)
  const got = await Promise.all(
    words.map((word) => ask({ method: 'POST', path: '/responses' }, Buffer.from(word))),
  )
  expect(got.map(({ body }) => body.toString())).toEqual(words)
  const session = await between.recorded()
  expect(session.exchanges).toHaveLength(words.length)
  for (const { exchange } of session.exchanges) {
    const own = session.raw.filter((record) => 'exchange' in record && record.exchange === exchange)
    const asked = own.find((record) => record.kind === 'request-body')
    expect(recordedText(own)).toBe(asked?.kind === 'request-body' ? asked.content : '')
  }
})

test('bytes that are no HTTP end the connection and nothing else', async () => {
  answer = (_, response) => response.end('still here')
  for (const bytes of ['\x16\x03\x01\x02\x00', 'GET\r\n\r\n', `${'x'.repeat(70_000)}\r\n\r\n`]) {
    const socket = connect(between.tap.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.end(bytes)
    socket.resume()
    await new Promise((resolve) => socket.on('close', resolve))
  }
  expect((await ask({ path: '/responses' })).body.toString()).toBe('still here')
})

type Got = IncomingMessage & { body: Buffer }

async function ask(
  options: RequestOptions & { path: string },
  body?: Buffer,
): Promise<
  Pick<Got, 'statusCode' | 'statusMessage' | 'headers' | 'rawHeaders' | 'trailers' | 'body'>
> {
  const { path, headers, ...rest } = options
  const asking = request(urlOf(path), { ...rest, agent: client, setHost: headers === undefined })
  if (Array.isArray(headers)) {
    for (let at = 0; at < headers.length; at += 2) {
      const [name = '', value = ''] = [headers[at], headers[at + 1]]
      if (name === 'Host') asking.setHeader('Host', `127.0.0.1:${between.tap.port}`)
      else asking.appendHeader(name, value)
    }
  } else if (headers !== undefined) {
    asking.setHeader('Host', `127.0.0.1:${between.tap.port}`)
    for (const [name, value] of Object.entries(headers)) asking.setHeader(name, value ?? '')
  }
  asking.end(body)
  const [got] = (await once(asking, 'response')) as [IncomingMessage]
  const bytes = await whole(got)
  const { statusCode, statusMessage, rawHeaders, trailers } = got
  return { statusCode, statusMessage, rawHeaders, trailers, headers: got.headers, body: bytes }
}

function urlOf(path: string): string {
  return between.baseUrl + path
}

async function whole(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const bytes of stream as AsyncIterable<Buffer>) parts.push(bytes)
  return Buffer.concat(parts)
}

/** Resolves when a number has stayed the same so often that it must have stopped growing. */
async function untilItStands(value: () => number): Promise<void> {
  let before = 0
  let times = 0
  await eventually(() => {
    times = value() === before ? times + 1 : 0
    before = value()
    expect(times).toBeGreaterThan(20)
  })
}

function recordedText(records: readonly RawRecord[]): string {
  const parts = records.flatMap((record) =>
    record.kind === 'chunk' ? bytesOf(record.content) : [],
  )
  return Buffer.concat(parts).toString()
}

// A chunk may end in the middle of a character: then it is not text.
function bytesOf(content: Content): Buffer[] {
  if (typeof content === 'string') return [Buffer.from(content)]
  return content.map((piece) => {
    if (typeof piece === 'string') return Buffer.from(piece)
    return 'base64' in piece ? Buffer.from(piece.base64, 'base64') : Buffer.of()
  })
}

// Both ends name their own connection; the rest must be the same.
function withoutConnection(raw: readonly string[]): string[] {
  return raw
    .flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${raw[at + 1]}`] : []))
    .filter((line) => !/^(connection|keep-alive|transfer-encoding|content-length):/i.test(line))
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** On a busy machine the thread may decode late, and the end of a run waits for it only so long. */
async function recordedWhole(): Promise<SessionOnDisk> {
  await eventually(() =>
    expect(new SessionOnDisk(between.recording.latest.folder).ends).toHaveLength(1),
  )
  return between.recorded()
}
