import { lstatSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeLine, SESSION_FILES } from '@tacho/format'
import { agoWords } from '@tacho/model'
import type { Session } from '../read-session.js'
import { writeIndexFile } from '../session-index/index-file.js'
import { usableIndexFolder } from '../session-index/index-folder.js'
import { provedObject } from '../session-index/proved-object.js'
import { explanationFile } from '../session-index/session-file.js'
import {
  areUnchanged,
  fileStamp,
  fileStamps,
  isFresh,
  type Stamp,
} from '../session-index/stamps.js'
import { type Explanation, explainSession } from './explain-session.js'
import { machineOf } from './machine.js'

/** An explanation, and the facts of its session that go with it. */
export type ToldExplanation = Omit<Explanation, 'session'> & {
  session: Pick<Session, 'id' | 'folder' | 'ended' | 'damage'>
}

/** Explaining a smaller session is as fast as reading a kept explanation. */
const WORTH_KEEPING = 1024 * 1024

/**
 * Returns the result of {@link explainSession}, kept in the index: for a session that is not
 * running, it is valid as long as its files are unchanged and, if it died, the machine. Changed
 * rules are noticed because they are in a file of another name.
 *
 * @param explain called if it is not kept.
 */
export async function keptExplanation(
  folder: string,
  explain: () => Promise<Explanation> = () => explainSession(folder),
): Promise<ToldExplanation> {
  const rules = basename(import.meta.url)
  const path = pathOf(folder)
  const known = path && read(path, folder, rules)
  if (known) return known
  const stamps = stampsOf(folder)
  const { session, ...explanation } = await explain()
  const { id, ended, damage } = session
  const told = { ...explanation, session: { id, folder, ended, damage } }
  const isLasting = ended !== 'running' && (ended !== 'died' || told.look !== undefined)
  if (path && isLasting && stamps !== undefined && areUnchanged(folder, stamps)) {
    writeIndexFile(path, [encodeLine({ explained: folder, rules, stamps, told }, crc32)])
  }
  return told
}

/** The same if it is kept, or the files have no more than this many bytes; otherwise undefined. */
export async function quickExplanation(
  folder: string,
  most: number,
  explain?: () => Promise<Explanation>,
): Promise<ToldExplanation | undefined> {
  const path = pathOf(folder)
  const known = path && read(path, folder, basename(import.meta.url))
  if (known) return known
  return bytesOf(folder) <= most ? keptExplanation(folder, explain) : undefined
}

function pathOf(folder: string): string | undefined {
  const index = usableIndexFolder()
  return index && explanationFile(index, resolve(folder))
}

function bytesOf(folder: string): number {
  return [...Object.keys(fileStamps(folder)), SESSION_FILES.log]
    .map((name) => lstatSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0)
}

function read(path: string, folder: string, rules: string): ToldExplanation | undefined {
  try {
    const kept = provedObject(readFileSync(path).subarray(0, -1)) as Kept | undefined
    if (kept?.explained !== folder || kept.rules !== rules) return undefined
    return areUnchanged(folder, kept.stamps) ? toldNow(kept.told, folder) : undefined
  } catch {
    return undefined
  }
}

/**
 * Updates how long ago a session died; undefined if the machine is not the same, because the
 * explanation may then differ.
 */
function toldNow(told: ToldExplanation, folder: string): ToldExplanation | undefined {
  const { look } = told
  if (look === undefined) return told
  const { lastSeenAt, cgroups, machine } = look
  const isSame = JSON.stringify(machineOf(folder, cgroups)) === JSON.stringify(machine)
  if (!isSame) return undefined
  const now = Date.now() * 1000
  const [before, after] = [agoWords(lastSeenAt, look.now), agoWords(lastSeenAt, now)]
  const anew = <Part extends { code: string; sentence: string }>(part: Part): Part =>
    part.code === told.end.code ? { ...part, sentence: part.sentence.replace(before, after) } : part
  return {
    ...told,
    end: anew(told.end),
    causes: told.causes.map(anew),
    look: { ...look, now },
  }
}

type Kept = {
  explained: string
  rules: string
  stamps: Record<string, Stamp>
  told: ToldExplanation
}

/**
 * Returns undefined if it is not worth keeping, or a file is so new that it could change unnoticed.
 */
function stampsOf(folder: string): Record<string, Stamp> | undefined {
  const stamps = fileStamps(folder)
  let bytes = 0
  for (const name of [...Object.keys(stamps), SESSION_FILES.log]) {
    const status = lstatSync(join(folder, name), { throwIfNoEntry: false })
    if (status === undefined) continue
    if (isFresh(status, Date.now())) return undefined
    stamps[name] = fileStamp(status)
    bytes += status.size
  }
  return bytes >= WORTH_KEEPING ? stamps : undefined
}
