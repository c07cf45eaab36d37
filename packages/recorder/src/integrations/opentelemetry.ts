// For a program with an OpenTelemetry of its own: its spans in a file of Tacho's form, too. They are
// plain classes: what of OpenTelemetry they are given is the program's.
export {
  SessionFileSpanExporter,
  type SessionFileSpanExporterOptions,
} from '../spans/session-file-span-exporter.js'
export { SessionSpanProcessor } from '../spans/session-span-processor.js'
