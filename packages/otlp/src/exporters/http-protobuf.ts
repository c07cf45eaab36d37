import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'

/** Sends spans over OTLP (http-protobuf). */
export function openSpans(url: string): OTLPTraceExporter {
  return new OTLPTraceExporter({ url })
}

/** Sends log records over OTLP (http-protobuf). */
export function openLogs(url: string): OTLPLogExporter {
  return new OTLPLogExporter({ url })
}
