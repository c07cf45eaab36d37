import type { Attributes } from '@opentelemetry/api'
import type { SeverityNumber } from '@opentelemetry/api-logs'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'

/** A line of a session's debug log. */
export type SessionLine = {
  /** Microseconds since the epoch. */
  at: number
  level: 'error' | 'warn' | 'info' | 'debug'
  /** Who logged it: `tacho`, or the agent's name. */
  label: string
  message: string
  sessionId: string
  traceId: string
  /** The recording's resource attributes: `service.name` and so on. */
  resource: Attributes
}

// From OpenTelemetry's log data model. Its API package has them as an enumeration, but four numbers
// are not worth loading a package.
const SEVERITIES: Record<SessionLine['level'], SeverityNumber> = {
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
}

const NO_SPAN = '0000000000000000'
const resources = new WeakMap<Attributes, Resource>()

/** Converts a line of the debug log to what OpenTelemetry's exporters accept. */
export function logRecordOf(line: SessionLine): ReadableLogRecord {
  const seconds = Math.floor(line.at / 1e6)
  const time: [number, number] = [seconds, Math.round(line.at - seconds * 1e6) * 1000]
  return {
    hrTime: time,
    hrTimeObserved: time,
    severityNumber: SEVERITIES[line.level],
    severityText: line.level.toUpperCase(),
    body: line.message,
    attributes: { 'session.id': line.sessionId, 'tacho.log.label': line.label },
    spanContext: { traceId: line.traceId, spanId: NO_SPAN, traceFlags: 1 },
    resource: resourceOf(line.resource),
    instrumentationScope: { name: 'tacho' },
    droppedAttributesCount: 0,
  }
}

function resourceOf(attributes: Attributes): Resource {
  const held = resources.get(attributes) ?? resourceFromAttributes(attributes)
  resources.set(attributes, held)
  return held
}
