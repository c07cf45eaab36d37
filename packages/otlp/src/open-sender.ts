import type { ExportResult } from '@opentelemetry/core'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { SendError, sendErrorOf } from './send-error.js'
import type { OtlpSettings } from './settings.js'

/** Sends one signal to one place. */
export type Sender<Item> = {
  /** @throws SendError where they were not taken. */
  send(items: Item[]): Promise<void>
  /** Ends what is under way, without waiting for it. */
  close(): void
}

/** The exporters of OpenTelemetry, which read headers, time-out, compression and certificates from OTEL_*. */
type Exporter<Item> = {
  export(items: Item[], done: (result: ExportResult) => void): void
  shutdown(): Promise<void>
}

type Exporters = {
  openSpans(url: string): Exporter<ReadableSpan>
  openLogs(url: string): Exporter<ReadableLogRecord>
}

/** Opens what sends spans; the exporter is loaded only now. */
export async function openSpanSender(settings: OtlpSettings): Promise<Sender<ReadableSpan>> {
  const { openSpans } = await load(settings)
  return senderOf(settings, openSpans(settings.url))
}

/** Opens what sends lines of the debug log; the exporter is loaded only now. */
export async function openLogSender(settings: OtlpSettings): Promise<Sender<ReadableLogRecord>> {
  const { openLogs } = await load(settings)
  return senderOf(settings, openLogs(settings.url))
}

function load({ protocol }: OtlpSettings): Promise<Exporters> {
  switch (protocol) {
    case 'http/protobuf':
      return import('./exporters/http-protobuf.js')
    case 'http/json':
      return import('./exporters/http-json.js')
    case 'grpc':
      return import('./exporters/grpc.js')
  }
}

// An exporter retries by itself until its time-out (OTEL_EXPORTER_OTLP_TIMEOUT, 10 s) is over, but
// an answer that trickles has none: its time-out is one for silence.
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
          if (code === 0) resolve()
          else reject(sendErrorOf(error, isGrpc))
        })
      }),
    close() {
      exporter.shutdown().catch(() => {})
    },
  }
}

function timeoutOf({ signal }: OtlpSettings): number {
  const own = process.env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_TIMEOUT`]
  const timeout = Number(own || process.env.OTEL_EXPORTER_OTLP_TIMEOUT || Number.NaN)
  return timeout > 0 ? timeout : DEFAULT_TIMEOUT_MILLISECONDS
}
