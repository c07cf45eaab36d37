import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { isCanonicalUuid, type KeyValue, SESSION_FILES, traceIdOfUuid } from '@tacho/format'
import { collectDamage, type Damage, type ReportDamage } from '../damage.js'
import { isObject, listOf, objectOf } from '../json-value.js'
import { logParts } from '../log-parts.js'
import { plainLogSize } from '../plain-size.js'
import { readLog } from '../read-log.js'
import { readManifest } from '../read-manifest.js'
import { newerFormat } from '../read-session.js'
import { ReaderError } from '../reader-error.js'
import { isThere } from '../salvage/is-there.js'
import { NewFile } from '../salvage/new-file.js'
import { reportManifest } from '../session-damage.js'
import { copyFile } from './copy-file.js'
import { type RebuiltSpans, rebuildSpans } from './rebuild-spans.js'
import type { LineFrame } from './span-lines.js'

/** A session whose spans were rebuilt. */
export type Rebuilt = RebuiltSpans & {
  folder: string
  /** What could not be read, and is missing in the spans. */
  damage: Damage[]
}

/**
 * Writes a session to a new folder, with spans rebuilt from its events and exchanges by the current
 * rules: a corrected rule also corrects old sessions. Never changes the original. The agent's own
 * transcript is not copied. Damaged parts are skipped, and stay as they are in the copy.
 *
 * @param to the folder in which to create the new one, under the session's name; created if
 * missing.
 * @param onBytes receives how many bytes are done; their sum is {@link rebuildableBytes}.
 * @throws ReaderError `cannot-rebuild`, `newer-format`.
 */
export async function rebuildSession(
  folder: string,
  to: string,
  onBytes: (bytes: number) => void = () => {},
): Promise<Rebuilt> {
  const read = readManifest(folder)
  if ('problem' in read && read.problem === 'newer') throw newerFormat(folder, read.format)
  if (logParts(folder, SESSION_FILES.events).length === 0) {
    throw cannotRebuild(
      `${folder} has no ${SESSION_FILES.events}: it was recorded before Tacho wrote one, and its spans stay as they are`,
    )
  }
  const manifest = 'manifest' in read ? read.manifest : undefined
  const sessionId = manifest?.id || basename(folder)
  const target = makeFolder(folder, join(resolve(to), basename(resolve(folder))))
  const damage: Damage[] = []
  const report = collectDamage(damage)
  reportManifest(read, report)
  try {
    for (const name of copied(folder)) copyFile(folder, name, target, report)
    const frame = {
      ...frameOf(folder, manifest?.agent.name),
      traceId: traceIdIn(sessionId, manifest?.traceId),
    }
    const spans = await writeSpans(target, { sessionId, frame, report, onBytes })
    return { ...spans, folder: target, damage }
  } catch (cause) {
    rmSync(target, { recursive: true, force: true })
    if (cause instanceof ReaderError) throw cause
    throw cannotRebuild(`${target} could not be written: ${(cause as Error).message}`, cause)
  }
}

function traceIdIn(sessionId: string, told = ''): string {
  if (/^[0-9a-f]{32}$/.test(told)) return told
  return isCanonicalUuid(sessionId) ? traceIdOfUuid(sessionId) : ''
}

/** Returns how many bytes must be read to rebuild a session's spans, before any sealing. */
export function rebuildableBytes(folder: string): number {
  return plainLogSize(folder, SESSION_FILES.raw) + plainLogSize(folder, SESSION_FILES.events)
}

async function writeSpans(
  target: string,
  options: {
    sessionId: string
    frame: LineFrame
    report: ReportDamage
    onBytes: (bytes: number) => void
  },
): Promise<RebuiltSpans> {
  const file = new NewFile(join(target, SESSION_FILES.meta))
  try {
    // Of the copy, so that what a running session writes meanwhile is in neither.
    return await rebuildSpans(target, { ...options, write: (line) => file.record(line) })
  } finally {
    file.close()
  }
}

/**
 * Returns all of the session's files except its spans, the list of delivered ones, and the agent's
 * own files.
 */
function copied(folder: string): string[] {
  const left = new Set([
    ...logParts(folder, SESSION_FILES.meta),
    ...logParts(folder, SESSION_FILES.export),
  ])
  return readdirSync(folder).filter((name) => /^session[\w.]*$/.test(name) && !left.has(name))
}

/** Returns the resource and the like of the recorded spans. */
function frameOf(folder: string, agent = 'unknown'): Omit<LineFrame, 'traceId'> {
  for (const { value } of readLog(folder, SESSION_FILES.meta, () => {})) {
    const frame = frameIn(value)
    if (frame !== undefined) return frame
  }
  return {
    resource: [{ key: 'service.name', value: { stringValue: agent } }],
    scope: { name: 'tacho' },
  }
}

function frameIn(line: Record<string, unknown>): Omit<LineFrame, 'traceId'> | undefined {
  const about = objectOf(listOf(line.resourceSpans)[0])
  const scope = objectOf(objectOf(listOf(about.scopeSpans)[0]).scope)
  const { attributes } = objectOf(about.resource)
  const { name, version } = scope
  if (name !== 'tacho' || !Array.isArray(attributes) || !attributes.every(isPair)) return undefined
  return {
    resource: attributes as KeyValue[],
    scope: { name, ...(typeof version === 'string' && { version }) },
  }
}

function isPair(attribute: unknown): boolean {
  const { key, value } = objectOf(attribute)
  return typeof key === 'string' && isObject(value)
}

function makeFolder(folder: string, target: string): string {
  if (isThere(target))
    throw cannotRebuild(`${target} is there already. Name a folder in which it is not`)
  if (!relative(resolve(folder), target).startsWith('..'))
    throw cannotRebuild(`${target} is inside of the session itself`)
  try {
    // Not recursively, which never ends if nothing can be created there (Node 20, in /proc).
    if (!existsSync(dirname(target))) mkdirSync(dirname(target), { mode: 0o700 })
    mkdirSync(target, { mode: 0o700 })
    // The umask may have removed permissions of our own.
    chmodSync(target, 0o700)
  } catch (cause) {
    throw cannotRebuild(`${target} could not be made: ${(cause as Error).message}`, cause)
  }
  return target
}

function cannotRebuild(what: string, cause?: unknown): ReaderError {
  return new ReaderError('cannot-rebuild', `${what}.`, { cause })
}
