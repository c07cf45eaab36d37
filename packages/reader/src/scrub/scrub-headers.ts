import type { Headers } from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'

/** One of our markers, or the first part of one that was cut. */
const MARKED = /\[s(?:ecret)?:/

/**
 * Scrubs header fields as the recorder would. A value that was replaced while recording stays: it
 * is not a secret, and learning it would teach the scrubber its own words.
 */
export function scrubHeaders(headers: Headers, scrubber: Scrubber): Headers {
  const after = headers.map((field): Headers[number] => {
    const [name, value] = field
    if (MARKED.test(value)) return replacedIn(field, scrubber.text(value))
    return replacedIn(field, scrubber.headers([[name, value]])[0]?.[1] ?? value)
  })
  return after.every((field, index) => field === headers[index]) ? headers : after
}

/** Scrubs a URL as the recorder would, with the same exception. */
export function scrubUrl(url: string, scrubber: Scrubber): string {
  return MARKED.test(url) ? scrubber.text(url) : scrubber.url(url)
}

function replacedIn(field: Headers[number], value: string): Headers[number] {
  return value === field[1] ? field : [field[0], value]
}
