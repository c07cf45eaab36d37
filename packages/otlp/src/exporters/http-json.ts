import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'

/** Opens an exporter of spans over OTLP (http-json). */
export function openSpans(url: string): OTLPTraceExporter {
  return new OTLPTraceExporter({ url })
}

/** Opens an exporter of log records over OTLP (http-json). */
export function openLogs(url: string): OTLPLogExporter {
  return new OTLPLogExporter({ url })
}
