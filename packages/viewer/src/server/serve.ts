import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { ReaderError } from '@tacho/reader'
import { hasToken, refusalOf } from './guard.js'
import { NotFound, routeOf } from './routes.js'
import { Sessions, type SessionsOptions } from './sessions.js'

/**
 * A listener on 127.0.0.1 that only accepts connections of our own user, if that can be determined.
 */
export type Listening = { port: number; close(): void }
export type Listen = (port: number, onConnection: (socket: Socket) => void) => Promise<Listening>

/** `roots` are the folders in which to look for sessions. */
export type ViewerOptions = SessionsOptions & {
  /** 0 lets the system choose. */
  port: number
  listen: Listen
  /** Receives a fault of ours; the request was answered with 500. */
  onFault?: (cause: unknown) => void
}

/** A running server of the page. */
export type Viewer = {
  port: number
  /** Required for every request for recorded data. It is in no process list and no log. */
  token: string
  close(): void
}

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/**
 * Serves the page on 127.0.0.1, only to this machine's user (docs/reliability.md).
 *
 * @throws the system's error if the port is not available.
 */
export async function serveViewer(options: ViewerOptions): Promise<Viewer> {
  const token = randomBytes(32).toString('base64url')
  const sessions = new Sessions(options)
  const server = createServer({ maxHeaderSize: 16 * 1024 })
  server.requestTimeout = 10_000
  server.headersTimeout = 10_000
  let port = options.port
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    void answerOne(request, response, { port, token, sessions }).catch((cause) => {
      options.onFault?.(cause)
      if (response.headersSent) response.destroy()
      else refuse(response, 500)
    })
  }
  server.on('request', answer)
  server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  server.on('checkContinue', (_request, response) => refuse(response, 403))
  const listening = await options.listen(options.port, (socket) => {
    server.emit('connection', socket)
    socket.resume()
  })
  port = listening.port
  return {
    port,
    token,
    close() {
      listening.close()
      server.closeAllConnections()
    },
  }
}

async function answerOne(
  request: IncomingMessage,
  response: ServerResponse,
  { port, token, sessions }: { port: number; token: string; sessions: Sessions },
): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
  const refusal = refusalOf(request, port)
  if (refusal !== undefined) return refuse(response, refusal)
  const [path = '', query = ''] = splitAt(request.url ?? '', '?')
  const found = routeOf(path)
  if (found?.route.needsToken !== false && !hasToken(request, token)) return refuse(response, 401)
  if (found === undefined) return refuse(response, 404)
  const { route, words } = found
  try {
    const asked = { request, response, sessions, words, query: new URLSearchParams(query) }
    await route.answer(asked)
  } catch (cause) {
    if (cause instanceof NotFound) refuse(response, 404)
    // The folder has a format that this version does not know.
    else if (cause instanceof ReaderError && cause.code === 'newer-format') refuse(response, 409)
    else throw cause
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.statusCode = status
  response.setHeader('content-length', 0)
  response.end()
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
