import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Admission, type Guard, guardOf } from '../http-tap/guard.js'
import { endToEnd, forHost, pairsOf } from '../http-tap/headers.js'
import { accept, encodingOf, type OtlpEncoding, refuse } from './answer.js'
import type { Forwarder } from './forwarder.js'
import { type LogRecord, Malformed } from './log-record.js'
import { logRecordsOfJson } from './log-records-json.js'
import { logRecordsOfProtobuf } from './log-records-protobuf.js'
import { decodeBody, readBody, TooLarge } from './read-body.js'

/** What is exported over OTLP. */
export type OtlpSignal = 'logs' | 'traces' | 'metrics'

export type OtlpReceiverOptions = {
  /** Is given the records of each export; must not throw. */
  onLogs: (records: readonly LogRecord[]) => void
  /** Where exports of a signal go on to. Traces and metrics are taken only to be sent on. */
  forwarders?: Partial<Record<OtlpSignal, Forwarder>>
}

/**
 * Takes in what an agent exports over OTLP/HTTP, on loopback and behind a secret path. An export is
 * answered as soon as it is read: the agent may be waiting for that with its end.
 */
export class OtlpReceiver {
  /** 32 random bytes that only the agent is told. */
  readonly secret = randomBytes(32).toString('base64url')
  readonly #options: OtlpReceiverOptions
  readonly #server: Server
  #guard: Guard = () => ({ refusal: 403 })

  private constructor(options: OtlpReceiverOptions) {
    this.#options = options
    this.#server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 })
    this.#server.on('request', (request, response) => {
      // What is left to fail is a client that went away.
      this.#take(request, response).catch(() => response.destroy())
    })
    this.#server.on('clientError', (_error, socket) => socket.destroy())
  }

  /** Starts to listen, on 127.0.0.1 and a port that the system chooses. */
  static async start(options: OtlpReceiverOptions): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver(options)
    receiver.#server.listen(0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    receiver.#guard = guardOf(receiver.port)
    return receiver
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** The URL that the agent is to export a signal to. */
  endpoint(signal: OtlpSignal): string {
    return `http://127.0.0.1:${this.port}/${this.secret}/v1/${signal}`
  }

  /** Stops listening. The forwarders are not closed by it. */
  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = { headers: pairsOf(request.rawHeaders), target: request.url ?? '' }
    const admission = this.#guard(head, `/${this.secret}`)
    const signal = this.#signalOf(admission)
    if (signal === undefined) {
      response.writeHead('refusal' in admission ? admission.refusal : 404).end()
      return
    }
    if (request.method !== 'POST') {
      response.writeHead(405, { allow: 'POST' }).end()
      return
    }
    const encoding = encodingOf(request.headers['content-type'])
    const compression = compressionOf(request.headers['content-encoding'])
    if (encoding === undefined || compression === undefined) {
      return refuse(response, 415, encoding ?? 'json', 'OTLP is JSON or protobuf, plain or gzip')
    }
    try {
      await this.#receive(request, signal, encoding, compression)
    } catch (error) {
      if (error instanceof TooLarge) return refuse(response, 413, encoding, error.message)
      if (error instanceof Malformed) return refuse(response, 400, encoding, error.message)
      throw error
    }
    accept(response, encoding)
  }

  async #receive(
    request: IncomingMessage,
    signal: OtlpSignal,
    encoding: OtlpEncoding,
    compression: 'identity' | 'gzip',
  ): Promise<void> {
    const body = await readBody(request)
    const forwarder = this.#options.forwarders?.[signal]
    if (forwarder !== undefined) {
      const headers = forHost(endToEnd(pairsOf(request.rawHeaders)), forwarder.endpoint.host)
      forwarder.send({ headers, body })
    }
    if (signal !== 'logs') return
    const plain = await decodeBody(body, compression)
    const records = encoding === 'json' ? logRecordsOfJson(plain) : logRecordsOfProtobuf(plain)
    this.#options.onLogs(records)
  }

  #signalOf(admission: Admission): OtlpSignal | undefined {
    if ('refusal' in admission) return undefined
    const signal = (['logs', 'traces', 'metrics'] as const).find(
      (one) => admission.path === `/v1/${one}`,
    )
    if (signal === undefined || signal === 'logs') return signal
    return this.#options.forwarders?.[signal] === undefined ? undefined : signal
  }
}

function compressionOf(encoding: string | undefined): 'identity' | 'gzip' | undefined {
  const name = (encoding ?? 'identity').trim().toLowerCase()
  return name === 'identity' || name === 'gzip' ? name : undefined
}
