import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { createServer as createHttp2Server, createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'

/** A request that reached a collector, with its body decompressed. */
export type Arrived = { path: string; headers: IncomingHttpHeaders; body: Buffer }

/** Stands in for a collector that accepts everything; closed when the test is over. */
export type TakingCollector = {
  /** `host:port`. */
  address: string
  arrived: Arrived[]
}

/** A self-signed certificate for this machine, and its key. */
export type Certificate = { path: string; cert: Buffer; key: Buffer }

export type CollectorOptions = {
  /** It speaks TLS with this certificate. */
  certificate?: Certificate
  /** It accepts, and never answers. */
  isSilent?: boolean
  /** The body of its responses; default: empty. */
  answer?: Buffer
  /** Headers of its HTTP responses, such as their content type. */
  answerHeaders?: Record<string, string>
}

/** Starts one for OTLP over HTTP. */
export async function httpCollector(options: CollectorOptions = {}): Promise<TakingCollector> {
  const { certificate, isSilent, answer, answerHeaders = {} } = options
  const arrived: Arrived[] = []
  const server = certificate ? createHttpsServer(certificate) : createServer()
  server.on('request', async (request, response) => {
    const { url: path = '', headers } = request
    const sent = await buffer(request)
    const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
    arrived.push({ path, headers, body })
    if (!isSilent) response.writeHead(200, answerHeaders).end(answer)
  })
  return { address: await listening(server, () => server.closeAllConnections()), arrived }
}

/** The flag and length before each gRPC message. */
const PREFIX_BYTES = 5

/** Starts one for OTLP over gRPC: HTTP/2 with a prefix before the message and a status after it. */
export async function grpcCollector(options: CollectorOptions = {}): Promise<TakingCollector> {
  const { certificate, isSilent, answer = Buffer.alloc(0) } = options
  const arrived: Arrived[] = []
  const server = certificate ? createSecureServer(certificate) : createHttp2Server()
  const sessions = new Set<{ destroy: () => void }>()
  server.on('session', (session) => sessions.add(session))
  server.on('stream', async (stream, headers) => {
    stream.on('error', () => {})
    const sent = await buffer(stream)
    const message = sent.subarray(PREFIX_BYTES)
    const body = sent[0] === 1 ? gunzipSync(message) : message
    arrived.push({ path: String(headers[':path']), headers, body })
    if (isSilent) return
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc' },
      { waitForTrailers: true },
    )
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    const prefix = Buffer.alloc(PREFIX_BYTES)
    prefix.writeUInt32BE(answer.length, 1)
    stream.end(Buffer.concat([prefix, answer]))
  })
  const hangUp = () => {
    for (const session of sessions) session.destroy()
  }
  return { address: await listening(server, hangUp), arrived }
}

/** Makes a certificate; its folder is removed when the test is over. */
export function ownCertificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-certificate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [path, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost'
  const form = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      ...form,
      '-subj',
      '/CN=localhost',
      '-addext',
      names,
      '-keyout',
      key,
      '-out',
      path,
    ],
    { stdio: 'pipe' },
  )
  return { path, cert: readFileSync(path), key: readFileSync(key) }
}

async function listening(server: Server, hangUp: () => void): Promise<string> {
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    hangUp()
    await closed
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
