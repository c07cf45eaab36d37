import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setImmediate as tick } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Answer } from '../../../packages/launcher/dist/http-server/answer.js'
import { HttpConnection } from '../../../packages/launcher/dist/http-server/http-connection.js'
import type { ServerRequest } from '../../../packages/launcher/dist/http-server/server-request.js'
import { eventually } from '../../host/index.js'

let server: Server
/** The server's side of the connection that was opened last. */
let accepted: Socket | undefined
const faults: string[] = []
let onRequest: (request: ServerRequest, answer: Answer) => void

beforeEach(async () => {
  onRequest = echo
  server = createServer({ noDelay: true }, (socket) => {
    accepted = socket
    new HttpConnection(
      socket,
      (request, answer) => onRequest(request, answer),
      (cause) => faults.push(String(cause)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(() => server.close())

const TWO_REQUESTS =
  'POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nfirst' +
  'PUT /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n6\r\nsecond\r\n0\r\n\r\n'

test('requests that come one behind the other are answered in their order, wherever they are cut', async () => {
  const whole = await send([TWO_REQUESTS])
  expect(whole).toContain('\r\nPOST /a first')
  expect(whole.indexOf('PUT /b second')).toBeGreaterThan(whole.indexOf('POST /a first'))
  expect(whole.match(/HTTP\/1\.1 200 Fine/g)).toHaveLength(2)
  for (let cut = 1; cut < TWO_REQUESTS.length; cut += 7) {
    expect(await send([TWO_REQUESTS.slice(0, cut), TWO_REQUESTS.slice(cut)])).toBe(whole)
  }
  expect(await send([...TWO_REQUESTS])).toBe(whole)
})

test('the second request waits until the first is answered', async () => {
  const answers: Answer[] = []
  onRequest = (request, answer) => {
    answers.push(answer)
    if (answers.length > 1) echo(request, answer)
  }
  const reading = send([TWO_REQUESTS])
  await eventually(() => expect(answers).toHaveLength(1))
  await tick()
  expect(answers).toHaveLength(1)
  answers[0]?.head(200, 'Late', [['Content-Length', '2']])
  answers[0]?.write(Buffer.from('ok'))
  answers[0]?.end()
  expect(await reading).toMatch(/^HTTP\/1\.1 200 Late[\s\S]*ok[\s\S]*200 Fine[\s\S]*PUT \/b second/)
})

test('what is written in one turn goes out in one piece', async () => {
  onRequest = (_, answer) => {
    answer.head(200, 'OK', [])
    answer.write(Buffer.from('one'))
    answer.write(Buffer.from('two'))
    answer.end([['X-Sum', '1']])
  }
  const socket = await open()
  socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  expect(bytes.toString()).toBe(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\nX-Sum: 1\r\n\r\n',
  )
  socket.destroy()
})

test.each([
  ['HEAD / HTTP/1.1', 200, /\r\n\r\n$/],
  ['GET / HTTP/1.1', 204, /^HTTP\/1\.1 204[\s\S]*\r\n\r\n$/],
  ['GET / HTTP/1.1', 304, /^HTTP\/1\.1 304[\s\S]*\r\n\r\n$/],
  ['GET / HTTP/1.0', 200, /Connection: close\r\n\r\nbody$/],
])('%s answered with %i is framed as it must be', async (line, status, framed) => {
  onRequest = (_, answer) => {
    answer.head(status, 'Status', [])
    answer.write(Buffer.from('body'))
    answer.end()
  }
  const answer = await send([`${line}\r\nHost: h\r\nConnection: close\r\n\r\n`])
  expect(answer).toMatch(framed)
  expect(answer).not.toMatch(/chunked/)
})

test('an answer before the body is there ends the connection once it is out', async () => {
  onRequest = (_, answer) => answer.empty(413, 'Too Much')
  const socket = await open()
  socket.write(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000\r\n\r\n${'x'.repeat(1000)}`)
  const reading = read(socket)
  expect(await reading).toMatch(/^HTTP\/1\.1 413 Too Much/)
})

test('a client is made to wait while nobody takes its body, and all of it arrives', async () => {
  let arrived = 0
  let request: ServerRequest | undefined
  onRequest = (asked, answer) => {
    request = asked
    asked.read({
      bytes(piece) {
        arrived += piece.length
        asked.pause()
      },
      end: () => answer.empty(200, 'OK'),
      gone: () => {},
    })
  }
  const size = 32 * 1024 * 1024
  const socket = await open()
  socket.write(`POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`)
  socket.write(Buffer.alloc(size))
  await eventually(() => expect(arrived).toBeGreaterThan(0))
  await untilItStands(() => accepted?.bytesRead ?? 0)
  expect(accepted?.bytesRead).toBeLessThan(size / 2)
  const reading = read(socket)
  while (arrived < size) {
    request?.resume()
    await tick()
  }
  expect(await reading).toMatch(/200 OK/)
  expect(arrived).toBe(size)
})

test.each([
  ['in the middle of its request', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf'],
  ['before its answer', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nhalf'],
])('a client that goes away %s is told of', async (_, sent) => {
  const told: string[] = []
  onRequest = (asked, answer) => {
    answer.onGone = () => told.push('answer')
    asked.read({ bytes: () => {}, end: () => told.push('end'), gone: () => told.push('request') })
  }
  for (const leave of ['destroy', 'end'] as const) {
    told.length = 0
    const socket = await open()
    socket.write(sent)
    await eventually(() => expect(socket.bytesWritten).toBe(sent.length))
    await tick()
    socket[leave]()
    const wanted = sent.includes('9') ? ['request', 'answer'] : ['end', 'answer']
    await eventually(() => expect(told).toEqual(wanted))
  }
})

test.each([
  ['TLS', '\x16\x03\x01\x02\x00\x01', /^HTTP\/1\.1 400/],
  ['two lengths', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx', / 400 /],
  ['a head without end', `GET / HTTP/1.1\r\nx: ${'x'.repeat(1_100_000)}`, /^HTTP\/1\.1 431/],
  ['no chunks', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n', /^$/],
])('%s is refused, and nobody is asked', async (_, bytes, answered) => {
  let asked = 0
  onRequest = (request) => {
    asked += request.head.body === 'chunked' ? 0 : 1
    request.read({ bytes: () => {}, end: () => {}, gone: () => {} })
  }
  expect(await send([bytes])).toMatch(answered)
  expect(asked).toBe(0)
})

/** Resolves when a number was the same so often that what makes it grow must have stopped. */
async function untilItStands(value: () => number): Promise<void> {
  let before = -1
  let times = 0
  await eventually(() => {
    times = value() === before ? times + 1 : 0
    before = value()
    expect(times).toBeGreaterThan(10)
  })
}

test('what is thrown for a request breaks off its connection and nothing else', async () => {
  faults.length = 0
  onRequest = () => {
    throw new Error('a fault of ours')
  }
  expect(await send(['GET / HTTP/1.1\r\nHost: h\r\n\r\n'])).toBe('')
  expect(faults).toEqual(['Error: a fault of ours'])
  onRequest = echo
  expect(await send(['GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'])).toContain(
    'GET /next',
  )
})

function echo(request: ServerRequest, answer: Answer): void {
  const parts: Buffer[] = []
  request.read({
    bytes: (piece) => parts.push(Buffer.from(piece)),
    end() {
      const text = `${request.head.method} ${request.head.target} ${Buffer.concat(parts)}`
      answer.head(200, 'Fine', [['Content-Length', String(text.length)]])
      answer.write(Buffer.from(text))
      answer.end()
    },
    gone: () => {},
  })
}

/** Sends pieces, each in a packet of its own, and reads until the connection ends. */
async function send(pieces: readonly string[]): Promise<string> {
  const socket = await open()
  const reading = read(socket)
  for (const piece of pieces) {
    socket.write(piece, 'latin1')
    await tick()
  }
  return reading
}

async function open(): Promise<Socket> {
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  socket.setNoDelay(true)
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function read(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1')
  })
  await new Promise((resolve) => socket.on('close', resolve))
  return text
}
