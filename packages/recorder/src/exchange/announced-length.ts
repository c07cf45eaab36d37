import type { Headers } from '@tacho/format'

/** How many bytes a request says its body has; nothing where it is told by the body itself. */
export function announcedLength(headers: Headers): number | undefined {
  let length = 0
  for (const [name, value] of headers) {
    const field = name.toLowerCase()
    if (field === 'transfer-encoding') return undefined
    if (field === 'content-length') length = Number(value)
  }
  return length
}
