import { constants } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { MESSAGE_BYTES } from './limits.js'

/** What a hook has left. */
export type Leaf = { json: Record<string, unknown>; at: number }

/**
 * Reads a file that a hook left, and removes it; undefined if it is incomplete, which shows because
 * no prefix of a JSON object is valid JSON.
 */
export async function readLeaf(path: string): Promise<Leaf | 'too long' | undefined> {
  const file = await openFile(path)
  if (file === undefined) return undefined
  let leaf: Leaf | 'too long' | undefined
  try {
    leaf = await readFrom(file)
  } catch {
    return undefined
  } finally {
    await file.close().catch(() => {})
  }
  if (leaf !== undefined) await unlink(path).catch(() => {})
  return leaf
}

// Anything but a plain file could block, or lead elsewhere.
async function openFile(path: string): Promise<FileHandle | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  return open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined)
}

async function readFrom(file: FileHandle): Promise<Leaf | 'too long' | undefined> {
  const { size, mtimeMs } = await file.stat()
  if (size > MESSAGE_BYTES) return 'too long'
  const json = objectOf(await file.readFile('utf8'))
  return json && { json, at: mtimeMs }
}

function objectOf(text: string): Record<string, unknown> | undefined {
  if (!text.endsWith('}')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
