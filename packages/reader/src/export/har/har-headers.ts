import type { Headers } from '@tacho/format'
import type { NameValue } from './har-types.js'

/** Header fields as HAR has them. */
export function harHeaders(headers: Headers): NameValue[] {
  return headers.map(([name, value]) => ({ name, value }))
}

/** The value of the first field of that name; empty where there is none. */
export function headerOf(headers: Headers, name: string): string {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1] ?? ''
}

/** The cookies that a request sends. */
export function requestCookies(headers: Headers): NameValue[] {
  return valuesOf(headers, 'cookie').flatMap((value) => value.split(';').flatMap(cookieOf))
}

/** The cookies that a response sets, without what it says about them. */
export function responseCookies(headers: Headers): NameValue[] {
  return valuesOf(headers, 'set-cookie').flatMap((value) => cookieOf(value.split(';')[0] ?? ''))
}

/** The query of an address, decoded; none where it is no address. */
export function queryOf(url: string): NameValue[] {
  if (!URL.canParse(url)) return []
  return [...new URL(url).searchParams].map(([name, value]) => ({ name, value }))
}

function valuesOf(headers: Headers, name: string): string[] {
  return headers.flatMap(([other, value]) => (other.toLowerCase() === name ? [value] : []))
}

function cookieOf(text: string): NameValue[] {
  const at = text.indexOf('=')
  const name = text.slice(0, at).trim()
  return at > 0 && name !== '' ? [{ name, value: text.slice(at + 1).trim() }] : []
}
