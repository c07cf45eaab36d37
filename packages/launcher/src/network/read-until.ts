import type { Socket } from 'node:net'

/** Reads what has come so far; returns the length of the answer, or undefined if more is needed. */
export type AnswerReader = (bytes: Buffer) => number | undefined

/**
 * Reads a proxy's answer from a connection and leaves the bytes after it unread. Rejects if the
 * connection ends first, and with what the reader throws.
 */
export function readUntil(socket: Socket, read: AnswerReader): Promise<void> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const take = () => {
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) chunks.push(chunk)
      const bytes = Buffer.concat(chunks)
      try {
        const length = read(bytes)
        if (length === undefined) return
        leave()
        if (length < bytes.length) socket.unshift(bytes.subarray(length))
        resolve()
      } catch (error) {
        fail(error)
      }
    }
    const fail = (error: unknown) => {
      leave()
      reject(error)
    }
    const end = () => fail(Object.assign(new Error('the proxy hung up'), { code: 'ECONNRESET' }))
    const leave = () => {
      socket.off('readable', take).off('end', end).off('close', end).off('error', fail)
    }
    socket.on('readable', take).on('end', end).on('close', end).on('error', fail)
  })
}
