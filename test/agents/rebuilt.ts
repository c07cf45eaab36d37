import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OtlpSpan, plainAttributes, SESSION_FILES, type TracesData } from '@tacho/format'
import { rebuildSession, WholeSpans } from '@tacho/reader'
import { expect } from 'vitest'
import { SessionOnDisk } from './session-on-disk.js'

/**
 * Rebuilds a session's spans and compares them with those made while recording: all of them if the
 * run ended, and those that had ended by then if it died. If records are known to be missing, there
 * is nothing to compare.
 *
 * @param isDamaged the test damaged it: what could not be read is in no span.
 */
export async function expectRebuilt(
  session: SessionOnDisk,
  { isDamaged = false }: { isDamaged?: boolean } = {},
): Promise<void> {
  if (!isWhole(session)) return
  const to = mkdtempSync(join(tmpdir(), 'tacho-rebuilt-'))
  try {
    const { damage, folder } = await rebuildSession(session.folder, to)
    const hasEnded = session.manifest.runs.every(({ ended }) => ended !== undefined)
    // A kill can remove the end of the line that was being written.
    const told = hasEnded ? damage : damage.filter(({ reason }) => reason !== TORN)
    if (!isDamaged) expect(told, `the damage of ${session.folder}`).toEqual([])
    if (damage.length > 0) return
    const [live, anew] = [ownSpans(session), ownSpans(new SessionOnDisk(folder))]
    const compared = hasEnded ? anew : anew.filter(({ id }) => live.some((one) => one.id === id))
    expect(compared, `the spans of ${session.folder}, made anew`).toEqual(live)
  } finally {
    rmSync(to, { recursive: true, force: true })
  }
}

const TORN = 'the last line is cut off'

function isWhole(session: SessionOnDisk): boolean {
  const files = [
    SESSION_FILES.manifest,
    SESSION_FILES.events,
    SESSION_FILES.raw,
    SESSION_FILES.meta,
  ]
  if (!files.every((name) => existsSync(join(session.folder, name)))) return false
  try {
    const kinds = [...session.raw, ...session.lines(SESSION_FILES.events)] as { kind?: string }[]
    const isLost = session.manifest.runs.some(({ lost }) => lost !== undefined)
    return !isLost && !kinds.some(({ kind }) => kind === 'gap')
  } catch {
    return false
  }
}

/**
 * The ones that Tacho makes itself, completed from the raw log: over HTTP/2 undici's
 * instrumentation makes one, from what it alone sees.
 */
export function ownSpans(session: SessionOnDisk) {
  const whole = new WholeSpans(session.folder)
  return (session.lines(SESSION_FILES.meta) as Partial<TracesData>[])
    .flatMap(({ resourceSpans = [] }) => resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .filter(({ scope }) => scope.name === 'tacho')
    .flatMap(({ spans }) => spans.flatMap((span) => whole.ended(span)).map(compared))
    .sort((one, other) => (one.id < other.id ? -1 : 1))
}

function compared({ spanId, parentSpanId, name, kind, attributes, ...span }: OtlpSpan) {
  return {
    id: spanId,
    name,
    parent: parentSpanId,
    kind,
    times: [span.startTimeUnixNano, span.endTimeUnixNano],
    attributes: { ...plainAttributes(attributes) },
    events: (span.events ?? []).map((event) => [event.name, event.timeUnixNano]),
    links: (span.links ?? []).map((link) => link.spanId),
    status: span.status,
  }
}
