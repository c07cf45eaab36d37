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
import { readAt } from '../read-at.js'
import { ReaderError } from '../reader-error.js'
import { encodeHead, openBlock } from '../sealed/block.js'
import { type Codec, codecOf } from '../sealed/codec.js'
import { readBlocks } from '../sealed/read-blocks.js'
import { cutBlocks } from './cut-blocks.js'

/** The size of a log above which sealing must be fast: at the usual level it would take 5 s. */
const LARGE_BYTES = 256 * 1024 * 1024

/** The name of a sealed file until it is verified; the group is the pid of its writer. */
export const DRAFT = /^\.session_.+\.log\.(?:zst|gz)\.(\d+)$/

/**
 * Compresses a log into another file, which gets its name once it is on disk and verified to
 * restore every byte.
 *
 * @throws ReaderError `cannot-seal`; the plain file is then unchanged, and the other does not
 * exist.
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

/** Returns whether a sealed file restores exactly the bytes of a plain one. */
export function isSealOf(sealed: string, plain: string, codec = codecOf(sealed)): boolean {
  const [one, other] = [openRegular(sealed), openRegular(plain)]
  try {
    if (codec === undefined || 'refused' in one || 'refused' in other) return false
    return isSame(codec, one, other)
  } finally {
    for (const opened of [one, other]) if (!('refused' in opened)) opened[Symbol.dispose]()
  }
}

/** Makes the names in a folder survive a power loss, if the file system supports that. */
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
      const packed = codec.compress(bytes, opened.size > LARGE_BYTES)
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
  // Checked now, because a run that had the file open before may have continued to write.
  return fstatSync(plain.descriptor).size === at
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(descriptor, bytes, offset)
}

function cannotSeal(plain: string, reason: string, cause?: unknown): ReaderError {
  return new ReaderError('cannot-seal', `${plain} could not be sealed: ${reason}.`, { cause })
}
