import { chmodSync, copyFileSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { isUuid, type KeyValue, SESSION_FILES, traceIdOfUuid } from '@tacho/format'
import { collectDamage, type Damage } from '../damage.js'
import { logParts } from '../log-parts.js'
import { readLog } from '../read-log.js'
import { readManifest } from '../read-manifest.js'
import { newerFormat } from '../read-session.js'
import { ReaderError } from '../reader-error.js'
import { NewFile } from '../salvage/new-file.js'
import { type RebuiltSpans, rebuildSpans } from './rebuild-spans.js'
import type { LineFrame } from './span-lines.js'

/** A session whose spans were made anew. */
export type Rebuilt = RebuiltSpans & { folder: string; damage: Damage[] }

/**
 * Writes a session into a new folder, with spans made of its events and exchanges by the rules of
 * today: a rule that was mended also mends old sessions. Never changes the original. The agent's own
 * transcript stays where it is.
 *
 * @param to the folder to make the new one in, under the session's name; made where it is not there.
 * @throws ReaderError `cannot-rebuild`, `newer-format`.
 */
export async function rebuildSession(folder: string, to: string): Promise<Rebuilt> {
  const read = readManifest(folder)
  if ('problem' in read && read.problem === 'newer') throw newerFormat(folder, read.format)
  if (logParts(folder, SESSION_FILES.events).length === 0) {
    throw cannotRebuild(
      `${folder} has no ${SESSION_FILES.events}: it was recorded before Tacho wrote one`,
    )
  }
  const manifest = 'manifest' in read ? read.manifest : undefined
  const sessionId = manifest?.id || basename(folder)
  const target = makeFolder(folder, join(resolve(to), basename(folder)))
  const damage: Damage[] = []
  try {
    for (const name of copied(folder)) copyFileSync(join(folder, name), join(target, name))
    const file = new NewFile(join(target, SESSION_FILES.meta))
    try {
      const traceId = manifest?.traceId || (isUuid(sessionId) ? traceIdOfUuid(sessionId) : '')
      const rebuilt = await rebuildSpans(folder, {
        sessionId,
        frame: { ...frameOf(folder, manifest?.agent.name), traceId },
        write: (line) => file.record(line),
        report: collectDamage(damage),
      })
      return { ...rebuilt, folder: target, damage }
    } finally {
      file.close()
    }
  } catch (cause) {
    rmSync(target, { recursive: true, force: true })
    if (cause instanceof ReaderError) throw cause
    throw cannotRebuild(`${target} could not be written: ${(cause as Error).message}`, cause)
  }
}

/** All of the session's but its spans, what was sent of them, and what is the agent's own. */
function copied(folder: string): string[] {
  const spans = new Set([
    ...logParts(folder, SESSION_FILES.meta),
    ...logParts(folder, SESSION_FILES.export),
  ])
  return readdirSync(folder).filter(
    (name) => /^session[\w.]*$/.test(name) && !spans.has(name) && isFile(join(folder, name)),
  )
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** What the spans are about, as the recorded ones have it. */
function frameOf(folder: string, agent = 'unknown'): Omit<LineFrame, 'traceId'> {
  for (const { value } of readLog(folder, SESSION_FILES.meta, () => {})) {
    const [about] = (value as { resourceSpans?: LooseResource[] }).resourceSpans ?? []
    const scope = about?.scopeSpans?.[0]?.scope
    if (about?.resource?.attributes === undefined || scope?.name !== 'tacho') continue
    const { name, version } = scope
    return {
      resource: about.resource.attributes,
      scope: { name, ...(typeof version === 'string' && { version }) },
    }
  }
  return {
    resource: [{ key: 'service.name', value: { stringValue: agent } }],
    scope: { name: 'tacho' },
  }
}

type LooseResource = {
  resource?: { attributes?: KeyValue[] }
  scopeSpans?: { scope?: { name?: string; version?: string } }[]
}

function makeFolder(folder: string, target: string): string {
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined)
    throw cannotRebuild(`${target} is there already. Name a folder in which it is not`)
  if (!relative(resolve(folder), target).startsWith('..'))
    throw cannotRebuild(`${target} is inside of the session itself`)
  try {
    mkdirSync(dirname(target), { recursive: true })
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
