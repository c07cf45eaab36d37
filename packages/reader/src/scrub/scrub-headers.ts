import type { Headers } from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'

/** A marker of ours, or the beginning of one that was cut. */
const MARKED = /\[s(?:ecret)?:/

/**
 * Header fields as the recorder would write them. A value that was replaced while recording stays:
 * what stands there is no secret, and to learn it would teach the scrubber its own words.
 */
export function scrubHeaders(headers: Headers, scrubber: Scrubber): Headers {
  const after = headers.map((field): Headers[number] => {
    const [name, value] = field
    if (MARKED.test(value)) return replacedIn(field, scrubber.text(value))
    return replacedIn(field, scrubber.headers([[name, value]])[0]?.[1] ?? value)
  })
  return after.every((field, index) => field === headers[index]) ? headers : after
}

/** A URL as the recorder would write it, likewise. */
export function scrubUrl(url: string, scrubber: Scrubber): string {
  return MARKED.test(url) ? scrubber.text(url) : scrubber.url(url)
}

function replacedIn(field: Headers[number], value: string): Headers[number] {
  return value === field[1] ? field : [field[0], value]
}
