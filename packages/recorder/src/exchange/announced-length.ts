import type { Headers } from '@tacho/format'

/** Returns the body length that a request announces, or undefined if the body delimits itself. */
export function announcedLength(headers: Headers): number | undefined {
  let length = 0
  for (const [name, value] of headers) {
    const field = name.toLowerCase()
    if (field === 'transfer-encoding') return undefined
    if (field === 'content-length') length = Number(value)
  }
  return length
}
