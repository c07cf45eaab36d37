import type { Headers } from '@tacho/format'

/** A name and its value, as HAR has headers, cookies and parameters. */
export type Field = { name: string; value: string }

export function fieldsOf(headers: Headers): Field[] {
  return headers.map(([name, value]) => ({ name, value }))
}

/** The media type of a body; HAR wants one always. */
export function typeOf(headers: Headers): string {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return type ?? 'application/octet-stream'
}

/** What a URL asks for, each parameter decoded as far as it can be. */
export function queryOf(url: string): Field[] {
  if (!URL.canParse(url)) return []
  return [...new URL(url).searchParams].map(([name, value]) => ({ name, value }))
}

/** The cookies of a message; their values were scrubbed when they were recorded. */
export function cookiesOf(headers: Headers, field: 'cookie' | 'set-cookie'): Field[] {
  return headers
    .filter(([name]) => name.toLowerCase() === field)
    .flatMap(([, value]) => (field === 'cookie' ? value.split(';') : [value.split(';')[0] ?? '']))
    .map((pair) => {
      const equals = pair.indexOf('=')
      return { name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() }
    })
}
