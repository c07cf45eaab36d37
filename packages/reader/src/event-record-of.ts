import type { EventRecord, GapRecord } from '@tacho/format'
import { isObject } from './json-value.js'
import { microsOfIso } from './micros.js'
import { rawRecordOf, type Unusable } from './raw-record-of.js'

/** Checks an object of `session_events.log`: an event, or a gap, which is the same in every log. */
export function eventLineOf(value: Record<string, unknown>): EventRecord | GapRecord | Unusable {
  if (value.kind !== 'gap') return eventRecordOf(value)
  const gap = rawRecordOf(value)
  return typeof gap !== 'string' && gap.kind === 'gap' ? gap : 'broken'
}

/**
 * Checks that an object of `session_events.log` is the record that it claims to be, part by part:
 * whoever can write to the folder could have written anything.
 */
export function eventRecordOf(value: Record<string, unknown>): EventRecord | Unusable {
  const { kind, run, time, after } = value
  if (typeof kind !== 'string') return 'broken'
  const check = CHECKS.get(kind)
  if (check === undefined) return 'unknown'
  const isPlaced = isText(run) && isTime(time) && isCount(after)
  return isPlaced && check(value) ? (value as EventRecord) : 'broken'
}

type Check = (value: Record<string, unknown>) => boolean

const CHECKS = new Map<EventRecord['kind'] | (string & {}), Check>([
  [
    'run-started',
    ({ command, cwd, pid, version, agent, taps, provider, idleTimeout, lateCancel, ...machine }) =>
      [command, cwd, version].every(isText) &&
      isCount(pid) &&
      isObject(agent) &&
      isText(agent.name) &&
      isTextIfThere(agent.version) &&
      Array.isArray(taps) &&
      taps.every(isText) &&
      isTextIfThere(provider) &&
      isCountIfThere(idleTimeout) &&
      isCountIfThere(lateCancel) &&
      isTextIfThere(machine.bootId) &&
      isCgroupIfThere(machine.cgroup),
  ],
  [
    'run-ended',
    ({ exitCode, signal, memoryKills }) =>
      isCountIfThere(exitCode) && isTextIfThere(signal) && isCountIfThere(memoryKills),
  ],
  ['agent-version', ({ version }) => isText(version)],
  [
    'json-rpc',
    ({ connection, from, message }) =>
      isCount(connection) && (from === 'client' || from === 'server') && isObject(message),
  ],
  [
    'acp',
    ({ connection, from, message }) =>
      isCount(connection) && (from === 'client' || from === 'agent') && isObject(message),
  ],
  [
    'stream-json',
    ({ from, message }) => (from === 'client' || from === 'agent') && isObject(message),
  ],
  [
    'not-understood',
    ({ connection, from, lines }) =>
      isCount(connection) && (from === 'client' || from === 'agent') && isCount(lines),
  ],
  ['client-gone', ({ connection }) => isCount(connection)],
  [
    'log-event',
    ({ name, happenedAt, attributes }) =>
      isText(name) && isCountIfThere(happenedAt) && isObject(attributes),
  ],
  ['hook', ({ happenedAt, message }) => isCountIfThere(happenedAt) && isObject(message)],
  [
    'server-event',
    ({ name, happenedAt, properties }) =>
      isText(name) && isCountIfThere(happenedAt) && isObject(properties),
  ],
  ['signal', ({ signal }) => isText(signal)],
  ['clock-set', ({ by }) => typeof by === 'number' && Number.isFinite(by)],
  ['time', () => true],
  [
    'turn-started',
    (event) => areTexts(event, ['turnId']) && isPlace(event, ['name', 'parentTurnId']),
  ],
  ['turn-ended', (event) => areTexts(event, ['turnId', 'outcome']) && isPlace(event, ['error'])],
  [
    'tool-started',
    (event) => areTexts(event, ['callId', 'name']) && isPlace(event) && isJsonIfThere(event.input),
  ],
  [
    'tool-ended',
    (event) =>
      areTexts(event, ['callId', 'outcome']) &&
      isPlace(event, ['error']) &&
      isCountIfThere(event.exitCode),
  ],
  [
    'approval-asked',
    (event) =>
      areTexts(event, ['approvalId', 'approvalKind', 'what']) &&
      isPlace(event, ['reason', 'callId']) &&
      (event.offered === undefined || areAllTexts(event.offered)),
  ],
  [
    'approval-answered',
    (event) =>
      areTexts(event, ['approvalId', 'outcome']) &&
      isPlace(event, ['decision', 'decidedBy', 'rule', 'rationale']),
  ],
  [
    'cancellation-requested',
    (event) => areTexts(event, ['cancellationId', 'origin', 'reason']) && isPlace(event),
  ],
  ['cancellation-ended', (event) => areTexts(event, ['cancellationId'])],
  ['note', (event) => areTexts(event, ['note']) && isPlace(event) && isJsonIfThere(event.details)],
])

const PLACE = ['threadId', 'turnId', 'within']

/** @param others members, apart from those of a place, that must be strings if present. */
function isPlace(event: Record<string, unknown>, others: readonly string[] = []): boolean {
  return [...PLACE, ...others].every((name) => isTextIfThere(event[name]))
}

function areTexts(event: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => isText(event[name]))
}

function areAllTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText)
}

function isJsonIfThere(value: unknown): boolean {
  return isTextIfThere(value) || (isObject(value) && isCount(value.omitted))
}

function isCgroupIfThere(value: unknown): boolean {
  return (
    value === undefined || (isObject(value) && isText(value.path) && isCount(value.memoryKills))
  )
}

function isTime(value: unknown): boolean {
  return isText(value) && microsOfIso(value) !== undefined
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isTextIfThere(value: unknown): boolean {
  return value === undefined || isText(value)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isCountIfThere(value: unknown): boolean {
  return value === undefined || isCount(value)
}
