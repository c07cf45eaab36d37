import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc'

/** Opens an exporter of spans over OTLP (grpc). */
export function openSpans(url: string): OTLPTraceExporter {
  return new OTLPTraceExporter({ url })
}

/** Opens an exporter of log records over OTLP (grpc). */
export function openLogs(url: string): OTLPLogExporter {
  return new OTLPLogExporter({ url })
}
