import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { logParts } from '../log-parts.js'
import { openRegular } from '../open-regular.js'
import { readAt } from '../read-at.js'
import type { LinePlace } from '../read-lines.js'
import { codecOf } from '../sealed/codec.js'
import { fileStamp, type Stamp } from './stamps.js'

/** How far a log was read: all of its files except the last, and that up to the end of a line. */
export type LogPosition = {
  /** In order; the last one is the file that is being written. */
  files: [name: string, stamp: Stamp][]
  /** Where to continue in the last one. */
  next: LinePlace
  /** The last bytes before that, in base64: they would differ in another file of that name. */
  before: string
}

/** The current state of a log, and which part of it is to be read. */
export type LogToRead = {
  /** Whether what is known about the log up to its position is still valid. */
  goesOn: boolean
  /** The files to read, and for each the offset after its last whole line. */
  files: { name: string; stamp: Stamp; from: LinePlace; to: number }[]
}

export const BEGINNING: LinePlace = { byte: 0, line: 1 }
const BEFORE_BYTES = 64

/** Returns what is to be read of a log of which this much is known. */
export function logToRead(folder: string, log: string, known: LogPosition | undefined): LogToRead {
  const files = logParts(folder, log).map((name) => ({
    ...{ name, stamp: stampOf(folder, name), from: BEGINNING },
    to: codecOf(name) === undefined ? endOfLines(folder, name) : Number.POSITIVE_INFINITY,
  }))
  if (known === undefined) return { goesOn: false, files }
  const last = known.files.length - 1
  const isSame = known.files.every(([name, stamp], index) => {
    const file = files[index]
    if (file?.name !== name) return false
    return file.stamp === stamp || (index === last && goesOn(folder, file, stamp, known))
  })
  if (!isSame) return { goesOn: false, files }
  const grown = files[last]
  const isRead = grown === undefined || grown.stamp === known.files[last]?.[1]
  const rest = files.slice(last + 1)
  return {
    goesOn: true,
    files: isRead ? rest : [{ ...grown, from: known.next }, ...rest],
  }
}

/** Returns the position in a log after all of this. */
export function positionAfter(
  folder: string,
  { goesOn, files }: LogToRead,
  known: LogPosition | undefined,
  next: LinePlace,
): LogPosition {
  const before = goesOn && known !== undefined ? known.files : []
  const read = files.map(({ name, stamp }): [string, Stamp] => [name, stamp])
  const names = new Set(read.map(([name]) => name))
  const all = [...before.filter(([name]) => !names.has(name)), ...read]
  const last = all.at(-1)?.[0]
  return {
    files: all,
    next,
    before: last === undefined ? '' : bytesBefore(folder, last, next.byte),
  }
}

function goesOn(
  folder: string,
  { name, stamp, to }: LogToRead['files'][number],
  before: Stamp,
  known: LogPosition,
): boolean {
  const [file, size] = stamp.split('.')
  const [fileBefore, sizeBefore] = before.split('.')
  if (file !== fileBefore || Number(size) < Number(sizeBefore)) return false
  // Same length but changed: something wrote to it in place, which no appending writer does.
  if (size === sizeBefore && !wasTouched(folder, name)) return false
  if (codecOf(name) !== undefined || to < known.next.byte) return false
  return bytesBefore(folder, name, known.next.byte) === known.before
}

/**
 * Returns whether the last change was its recorder's heartbeat, which sets the file's time to a
 * whole second.
 */
function wasTouched(folder: string, name: string): boolean {
  const status = lstatSync(join(folder, name), { bigint: true, throwIfNoEntry: false })
  return status !== undefined && status.mtimeNs % 1_000_000_000n === 0n
}

function stampOf(folder: string, name: string): Stamp {
  const status = lstatSync(join(folder, name), { throwIfNoEntry: false })
  return status === undefined ? '' : fileStamp(status)
}

function bytesBefore(folder: string, name: string, byte: number): string {
  if (codecOf(name) !== undefined) return ''
  const from = Math.max(0, byte - BEFORE_BYTES)
  return withFile(folder, name, (descriptor) => readAt(descriptor, from, byte - from)).toString(
    'base64',
  )
}

const STEP_BYTES = 64 * 1024
const NEWLINE = 10

/**
 * Returns the offset after the last newline of a file: a line without one may still be in progress.
 */
function endOfLines(folder: string, name: string): number {
  let end = 0
  withFile(folder, name, (descriptor, size) => {
    for (let to = size; to > 0 && end === 0; to -= STEP_BYTES) {
      const from = Math.max(0, to - STEP_BYTES)
      const found = readAt(descriptor, from, to - from).lastIndexOf(NEWLINE)
      if (found >= 0) end = from + found + 1
    }
    return Buffer.alloc(0)
  })
  return end
}

function withFile(
  folder: string,
  name: string,
  read: (descriptor: number, size: number) => Buffer,
): Buffer {
  const opened = openRegular(join(folder, name))
  if ('refused' in opened) return Buffer.alloc(0)
  try {
    return read(opened.descriptor, opened.size)
  } catch {
    return Buffer.alloc(0)
  } finally {
    opened[Symbol.dispose]()
  }
}
