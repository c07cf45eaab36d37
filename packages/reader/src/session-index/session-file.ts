import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeLine } from '@tacho/format'
import { openRegular, type RegularFile } from '../open-regular.js'
import { readAt } from '../read-at.js'
import { writeIndexFile } from './index-file.js'
import { provedObject } from './proved-object.js'
import { sweepIndex } from './sweep-index.js'

/**
 * The format of a session's index; one with another number is rebuilt. Raise it like
 * `INDEX_VERSION`.
 */
const SESSION_INDEX_VERSION = 4

/** More is not kept: reading it would take as long as reading the logs. */
const FILE_BYTES = 256 * 1024 * 1024
const HEAD_BYTES = 16 * 1024

/** The sections of a session's index, each a line of its file that is read on demand. */
export type Section = 'places' | 'exchanges' | 'spans' | 'events'

/** A session's index, open for reading. */
export type SessionFile = {
  /** Returns a section; undefined if it is missing or damaged. */
  read: (section: Section) => Record<string, unknown> | undefined
  /** Returns the same as it is in the file. */
  line: (section: Section) => Buffer | undefined
  close: () => void
}

/** Returns the file with what look-ups in a session need. */
export function sessionFile(folder: string, session: string): string {
  return join(folder, `session-${nameOf(session)}.jsonl`)
}

/** Returns the file that holds why a session ended as it did. */
export function explanationFile(folder: string, session: string): string {
  return join(folder, `explained-${nameOf(session)}.jsonl`)
}

/** Returns the file with what a search needs to skip a session. */
export function searchedFile(folder: string, session: string): string {
  return join(folder, `searched-${nameOf(session)}.grams`)
}

function nameOf(session: string): string {
  return createHash('sha256').update(session).digest('hex').slice(0, 32)
}

/** Opens a session's index; undefined if there is none, or it is damaged or of another version. */
export function openSessionFile(path: string, session: string): SessionFile | undefined {
  const opened = openRegular(path)
  if ('refused' in opened) return undefined
  const places = readHead(opened, session)
  if (places === undefined) {
    opened[Symbol.dispose]()
    return undefined
  }
  const line = (section: Section): Buffer | undefined => {
    const place = places.get(section)
    return place && readAt(opened.descriptor, place.at, place.length)
  }
  return {
    line,
    read(section) {
      const bytes = line(section)
      return bytes && provedObject(bytes.subarray(0, -1))
    },
    close: opened[Symbol.dispose],
  }
}

/** Writes a session's index in place of the existing one. */
export function writeSessionFile(
  path: string,
  session: string,
  sections: ReadonlyMap<Section, Buffer>,
): void {
  const lengths = Object.fromEntries([...sections].map(([name, bytes]) => [name, bytes.length]))
  const head = encodeLine({ sessionIndex: SESSION_INDEX_VERSION, session, lengths }, crc32)
  const total = [...sections.values()].reduce((sum, { length }) => sum + length, head.length)
  if (total <= FILE_BYTES && writeIndexFile(path, [head, ...sections.values()])) {
    sweepIndex(dirname(path))
  }
}

/** Returns a section as a line of the file. */
export function encodeSection(section: object): Buffer {
  return Buffer.from(encodeLine(section, crc32))
}

type SectionPlace = { at: number; length: number }

function readHead({ descriptor, size }: RegularFile, session: string) {
  if (size > FILE_BYTES) return undefined
  const bytes = readAt(descriptor, 0, Math.min(size, HEAD_BYTES))
  const end = bytes.indexOf(10)
  const head = end < 0 ? undefined : provedObject(bytes.subarray(0, end))
  if (head?.sessionIndex !== SESSION_INDEX_VERSION || head.session !== session) return undefined
  const places = new Map<Section, SectionPlace>()
  let at = end + 1
  for (const [name, length] of Object.entries(head.lengths as Record<Section, number>)) {
    places.set(name as Section, { at, length })
    at += length
  }
  return at === size ? places : undefined
}
