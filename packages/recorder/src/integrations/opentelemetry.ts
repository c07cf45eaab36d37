// For a program with its own OpenTelemetry: writes its spans to a file in Tacho's format too. These
// are plain classes, which use the program's copy of OpenTelemetry.
export {
  SessionFileSpanExporter,
  type SessionFileSpanExporterOptions,
} from '../spans/session-file-span-exporter.js'
export { SessionSpanProcessor } from '../spans/session-span-processor.js'
