import type { ExportResult } from '@opentelemetry/core'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { requireCertificateFiles } from './certificate-files.js'
import { listenForGrpcAnswers, type Rejection, takeRejection } from './partial-success.js'
import { SendError, sendErrorOf } from './send-error.js'
import type { OtlpSettings } from './settings.js'

/** Sends one signal to one endpoint. */
export type Sender<Item> = {
  /**
   * @returns what the receiver rejected, if it accepted the rest.
   * @throws SendError if it accepted nothing.
   */
  send(items: Item[]): Promise<Rejection | undefined>
  /** Aborts what is under way without waiting for it. */
  close(): void
}

/**
 * An OpenTelemetry exporter, which reads headers, timeout, compression and certificates from
 * OTEL_*.
 */
type Exporter<Item> = {
  export(items: Item[], done: (result: ExportResult) => void): void
  shutdown(): Promise<void>
}

type Exporters = {
  openSpans(url: string): Exporter<ReadableSpan>
  openLogs(url: string): Exporter<ReadableLogRecord>
}

/**
 * Opens a sender of spans, loading its exporter only now.
 *
 * @throws SendError if a certificate or key cannot be read.
 */
export async function openSpanSender(settings: OtlpSettings): Promise<Sender<ReadableSpan>> {
  const { openSpans } = await load(settings)
  await requireCertificateFiles(settings.signal)
  return senderOf(settings, openSpans(settings.url))
}

/** The same for lines of the debug log. */
export async function openLogSender(settings: OtlpSettings): Promise<Sender<ReadableLogRecord>> {
  const { openLogs } = await load(settings)
  await requireCertificateFiles(settings.signal)
  return senderOf(settings, openLogs(settings.url))
}

async function load({ protocol, url }: OtlpSettings): Promise<Exporters> {
  if (protocol === 'grpc') listenForGrpcAnswers()
  else (await import('./http-answers.js')).listenForHttpAnswers(url)
  switch (protocol) {
    case 'http/protobuf':
      return import('./exporters/http-protobuf.js')
    case 'http/json':
      return import('./exporters/http-json.js')
    case 'grpc':
      return import('./exporters/grpc.js').catch((cause) => {
        throw new SendError(withoutGrpc(cause), { isRetryable: false, isTooLarge: false, cause })
      })
  }
}

/** npm can be told to omit optional dependencies. */
function withoutGrpc(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException
  const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
  if (!isMissing) return message
  return 'sending over gRPC needs the package @grpc/grpc-js, which is not installed; http/protobuf needs no other'
}

// An exporter retries until its timeout (OTEL_EXPORTER_OTLP_TIMEOUT, 10 s) but never gives up on an
// answer that trickles in: its timeout only covers silence.
const PATIENCE_MILLISECONDS = 5_000
const DEFAULT_TIMEOUT_MILLISECONDS = 10_000

function senderOf<Item>(settings: OtlpSettings, exporter: Exporter<Item>): Sender<Item> {
  const isGrpc = settings.protocol === 'grpc'
  const patience = timeoutOf(settings) + PATIENCE_MILLISECONDS
  return {
    send: (items) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          reject(new SendError('no whole answer', { isRetryable: true, isTooLarge: false }))
        }, patience)
        exporter.export(items, ({ code, error }) => {
          clearTimeout(late)
          const rejection = takeRejection()
          if (code === 0) resolve(rejection && atMost(rejection, items.length))
          else reject(sendErrorOf(error, isGrpc))
        })
      }),
    close() {
      exporter.shutdown().catch(() => {})
    },
  }
}

function atMost({ count, reason }: Rejection, most: number): Rejection {
  return { count: Math.min(count, most), reason }
}

function timeoutOf({ signal }: OtlpSettings): number {
  const own = process.env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_TIMEOUT`]
  const timeout = Number(own || process.env.OTEL_EXPORTER_OTLP_TIMEOUT || Number.NaN)
  return timeout > 0 ? timeout : DEFAULT_TIMEOUT_MILLISECONDS
}
