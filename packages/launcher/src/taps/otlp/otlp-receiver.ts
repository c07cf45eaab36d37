import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Listener, listenOnLoopback } from '../../network/listen.js'
import type { Peers } from '../../network/peer.js'
import { UnfinishedHeads } from '../../network/unfinished-heads.js'
import { type Admission, type Guard, guardOf } from '../http/guard.js'
import { endToEnd, forHost, pairsOf } from '../http/headers.js'
import { accept, encodingOf, type OtlpEncoding, refuse } from './answer.js'
import type { Forwarder } from './forwarder.js'
import { OTLP_CONNECTIONS, OTLP_HEAD_BYTES } from './limits.js'
import { type LogRecord, Malformed } from './log-record.js'
import { logRecordsOfJson } from './log-records-json.js'
import { logRecordsOfProtobuf } from './log-records-protobuf.js'
import { decodeBody, readBody, TooLarge } from './read-body.js'
import { type SpanRecord, spanRecordsOfJson } from './span-record.js'

/** The signals exported over OTLP. */
export type OtlpSignal = 'logs' | 'traces' | 'metrics'

export type OtlpReceiverOptions = {
  /** Decides who may export. */
  peers: Peers
  /** Receives the records of each export; must not throw. */
  onLogs: (records: readonly LogRecord[]) => void
  /** Receives spans, which are accepted in JSON. */
  onSpans?: (spans: readonly SpanRecord[]) => void
  /** Whether metrics are accepted and discarded. */
  takesMetrics?: boolean
  /** Where to forward exports of a signal. A signal without a listener is only forwarded. */
  forwarders?: Partial<Record<OtlpSignal, Forwarder>>
}

/**
 * Receives an agent's exports over OTLP/HTTP, on loopback: from the agent's own processes, or if
 * these cannot be identified, under a secret path. An export is answered as soon as it is read,
 * before it is recorded, because the agent may delay its exit until then.
 */
export class OtlpReceiver {
  /** 32 random bytes, given only to the agent; undefined if its processes can be identified. */
  readonly secret: string | undefined
  readonly #options: OtlpReceiverOptions
  readonly #heads = new UnfinishedHeads()
  readonly #listener: Listener
  readonly #guard: Guard

  private constructor(options: OtlpReceiverOptions, server: Server, listener: Listener) {
    this.#options = options
    this.#listener = listener
    this.#guard = guardOf(listener.port)
    this.secret = options.peers.canTell ? undefined : randomBytes(32).toString('base64url')
    server.on('connection', (socket: Socket) => {
      this.#heads.opened(socket)
      this.#heads.begun(socket)
    })
    server.on('request', (request, response) => {
      this.#heads.whole(request.socket)
      // The only remaining failure is a client that went away.
      this.#take(request, response).catch(() => response.destroy())
    })
    server.on('clientError', (_error, socket) => socket.destroy())
  }

  /** Starts listening on 127.0.0.1, on a port that the system chooses. */
  static async start(options: OtlpReceiverOptions): Promise<OtlpReceiver> {
    // It never listens itself: it receives connections once their peer has been admitted.
    const server = createServer({
      keepAliveTimeout: 0,
      requestTimeout: 0,
      maxHeaderSize: OTLP_HEAD_BYTES,
    })
    const listener = await listenOnLoopback({
      peers: options.peers,
      limits: { connections: OTLP_CONNECTIONS },
      onConnection(socket) {
        server.emit('connection', socket)
        socket.resume()
      },
    })
    return new OtlpReceiver(options, server, listener)
  }

  get port(): number {
    return this.#listener.port
  }

  /** Returns the URL for the agent to export a signal to. */
  endpoint(signal: OtlpSignal): string {
    return `http://127.0.0.1:${this.port}${this.#prefix}/v1/${signal}`
  }

  /** Stops listening, and closes all connections, but not the forwarders. */
  async close(): Promise<void> {
    this.#listener.close()
  }

  get #prefix(): string {
    return this.secret === undefined ? '' : `/${this.secret}`
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = { headers: pairsOf(request.rawHeaders), target: request.url ?? '' }
    const admission = this.#guard(head, this.#prefix)
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
    let record: () => void
    try {
      record = await this.#receive(request, signal, encoding, compression)
    } catch (error) {
      if (error instanceof TooLarge) return refuse(response, 413, encoding, error.message)
      if (error instanceof Malformed) return refuse(response, 400, encoding, error.message)
      throw error
    }
    accept(response, encoding)
    record()
  }

  /** Returns what is left to do once the agent has its answer. */
  async #receive(
    request: IncomingMessage,
    signal: OtlpSignal,
    encoding: OtlpEncoding,
    compression: 'identity' | 'gzip',
  ): Promise<() => void> {
    const body = await readBody(request)
    const forwarder = this.#options.forwarders?.[signal]
    if (forwarder !== undefined) {
      const headers = forHost(endToEnd(pairsOf(request.rawHeaders)), forwarder.endpoint.host)
      forwarder.send({ headers, body })
    }
    const { onSpans } = this.#options
    if (signal === 'metrics' || (signal === 'traces' && onSpans === undefined)) return NOTHING
    const plain = await decodeBody(body, compression)
    if (signal === 'traces') {
      if (encoding !== 'json') return NOTHING
      const spans = spanRecordsOfJson(plain)
      return () => onSpans?.(spans)
    }
    const records = encoding === 'json' ? logRecordsOfJson(plain) : logRecordsOfProtobuf(plain)
    return () => this.#options.onLogs(records)
  }

  #signalOf(admission: Admission): OtlpSignal | undefined {
    if ('refusal' in admission) return undefined
    const signal = (['logs', 'traces', 'metrics'] as const).find(
      (one) => admission.path === `/v1/${one}`,
    )
    if (signal === undefined || signal === 'logs') return signal
    const { onSpans, takesMetrics = false } = this.#options
    if (signal === 'traces' ? onSpans !== undefined : takesMetrics) return signal
    return this.#options.forwarders?.[signal] === undefined ? undefined : signal
  }
}

const NOTHING = () => {}

function compressionOf(encoding: string | undefined): 'identity' | 'gzip' | undefined {
  const name = (encoding ?? 'identity').trim().toLowerCase()
  return name === 'identity' || name === 'gzip' ? name : undefined
}
