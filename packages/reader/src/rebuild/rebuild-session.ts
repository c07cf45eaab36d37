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

/** A session whose spans were made anew. */
export type Rebuilt = RebuiltSpans & {
  folder: string
  /** What could not be read of it, and is not in the spans. */
  damage: Damage[]
}

/**
 * Writes a session into a new folder, with spans made of its events and exchanges by the rules of
 * today: a rule that was mended also mends old sessions. Never changes the original. The agent's own
 * transcript stays where it is. What is damaged is passed over, and stays as it is in the copy.
 *
 * @param to the folder to make the new one in, under the session's name; made where it is not there.
 * @param onBytes is told of bytes that are done; their sum is {@link rebuildableBytes}.
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

/** How many bytes are read to make a session's spans anew, before any sealing. */
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
    // Of the copy: what a session that runs writes meanwhile is in neither.
    return await rebuildSpans(target, { ...options, write: (line) => file.record(line) })
  } finally {
    file.close()
  }
}

/** All of the session's but its spans, what was sent of them, and what is the agent's own. */
function copied(folder: string): string[] {
  const left = new Set([
    ...logParts(folder, SESSION_FILES.meta),
    ...logParts(folder, SESSION_FILES.export),
  ])
  return readdirSync(folder).filter((name) => /^session[\w.]*$/.test(name) && !left.has(name))
}

/** What the spans are about, as the recorded ones have it. */
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
    // Not recursively: that never ends where nothing can be made (Node 20, in /proc).
    if (!existsSync(dirname(target))) mkdirSync(dirname(target), { mode: 0o700 })
    mkdirSync(target, { mode: 0o700 })
    // The umask may have taken rights of our own away.
    chmodSync(target, 0o700)
  } catch (cause) {
    throw cannotRebuild(`${target} could not be made: ${(cause as Error).message}`, cause)
  }
  return target
}

function cannotRebuild(what: string, cause?: unknown): ReaderError {
  return new ReaderError('cannot-rebuild', `${what}.`, { cause })
}
