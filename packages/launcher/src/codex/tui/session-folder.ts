import { open, realpath } from 'node:fs/promises'
import { findRollout } from '../rollouts.js'

// The first line of a rollout holds instructions too, but the folder stands before them.
const HEAD_BYTES = 4096

/** The folder that a session was started in, as its rollout tells; nothing where that cannot be read. */
export async function sessionFolder(
  codexHome: string,
  sessionId: string,
): Promise<string | undefined> {
  try {
    const path = await findRollout(codexHome, sessionId)
    if (path === undefined) return undefined
    const cwd = /"cwd":("(?:[^"\\]|\\.)*")/.exec(await headOf(path))?.[1]
    return cwd === undefined ? undefined : await realpath(String(JSON.parse(cwd)))
  } catch {
    return undefined
  }
}

async function headOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
