import {
  closeSync,
  constants,
  fchmodSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { LINE_BYTES } from '../limits.js'
import { openRegular, type RegularFile } from '../open-regular.js'
import { ReaderError } from '../reader-error.js'
import { encodeHead, openBlock } from '../sealed/block.js'
import { type Codec, codecOf } from '../sealed/codec.js'
import { readAt, readBlocks } from '../sealed/read-blocks.js'
import { cutBlocks } from './cut-blocks.js'

/** The name under which a file is sealed until it is proved; its group is the pid of who does it. */
export const DRAFT = /^\.session_.+\.log\.(?:zst|gz)\.(\d+)$/

/**
 * Compresses a log into another file, which gets its name when it is on the disk and proved to give
 * back every byte.
 *
 * @throws ReaderError `cannot-seal`; the plain file is as it was, and the other not there.
 */
export function sealFile(plain: string, sealed: string, onBytes: (bytes: number) => void): void {
  const codec = codecOf(sealed)
  if (codec === undefined) throw cannotSeal(plain, `${sealed} names no way to compress`)
  const draft = join(dirname(sealed), `.${basename(sealed)}.${process.pid}`)
  try {
    rmSync(draft, { force: true })
    writeBlocks(codec, plain, draft, onBytes)
    if (!isSealOf(draft, plain, codec)) throw cannotSeal(plain, 'it changed, or the disk failed')
    renameSync(draft, sealed)
  } catch (cause) {
    rmSync(draft, { force: true })
    if (cause instanceof ReaderError) throw cause
    throw cannotSeal(plain, (cause as Error).message, cause)
  }
}

/** Whether a sealed file gives back every byte of a plain one, and no more. */
export function isSealOf(sealed: string, plain: string, codec = codecOf(sealed)): boolean {
  const [one, other] = [openRegular(sealed), openRegular(plain)]
  try {
    if (codec === undefined || 'refused' in one || 'refused' in other) return false
    return isSame(codec, one, other)
  } finally {
    for (const opened of [one, other]) if (!('refused' in opened)) opened[Symbol.dispose]()
  }
}

/** Makes the names in a folder outlive a power loss, where the file system can. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, constants.O_RDONLY)
  try {
    fsyncSync(descriptor)
  } catch {
    // Some file systems cannot, and need not.
  } finally {
    closeSync(descriptor)
  }
}

function writeBlocks(
  codec: Codec,
  plain: string,
  draft: string,
  onBytes: (bytes: number) => void,
): void {
  const opened = openRegular(plain)
  if ('refused' in opened) throw cannotSeal(plain, opened.reason)
  const descriptor = openSync(draft, 'wx', 0o600)
  try {
    fchmodSync(descriptor, 0o600)
    for (const { bytes, ...place } of cutBlocks(opened)) {
      if (bytes.length > LINE_BYTES) throw cannotSeal(plain, `line ${place.line} is too long`)
      const packed = codec.compress(bytes)
      const checksum = crc32(bytes)
      const block = { ...place, length: bytes.length, checksum, packedLength: packed.length }
      writeWhole(descriptor, encodeHead(codec, block))
      writeWhole(descriptor, packed)
      onBytes(bytes.length)
    }
    fdatasyncSync(descriptor)
  } finally {
    closeSync(descriptor)
    opened[Symbol.dispose]()
  }
}

function isSame(codec: Codec, sealed: RegularFile, plain: RegularFile): boolean {
  let at = 0
  for (const found of readBlocks(codec, sealed.descriptor, sealed.size)) {
    if ('damaged' in found || found.block.byte !== at) return false
    const { packedAt, packedLength, length } = found.block
    const bytes = openBlock(codec, found.block, readAt(sealed.descriptor, packedAt, packedLength))
    if (bytes === undefined || !bytes.equals(readAt(plain.descriptor, at, length))) return false
    at += length
  }
  // Asked for now: a run that had the file open before may have written on.
  return fstatSync(plain.descriptor).size === at
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(descriptor, bytes, offset)
}

function cannotSeal(plain: string, reason: string, cause?: unknown): ReaderError {
  return new ReaderError('cannot-seal', `${plain} could not be sealed: ${reason}.`, { cause })
}
