import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'

/** Opens an exporter of spans over OTLP (http-protobuf). */
export function openSpans(url: string): OTLPTraceExporter {
  return new OTLPTraceExporter({ url })
}

/** Opens an exporter of log records over OTLP (http-protobuf). */
export function openLogs(url: string): OTLPLogExporter {
  return new OTLPLogExporter({ url })
}
