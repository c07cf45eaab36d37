import type { Headers } from '@tacho/format'
import type { NameValue } from './har-types.js'

/** Returns header fields in HAR's form. */
export function harHeaders(headers: Headers): NameValue[] {
  return headers.map(([name, value]) => ({ name, value }))
}

/** Returns the value of the first field with a name; empty if there is none. */
export function headerOf(headers: Headers, name: string): string {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1] ?? ''
}

/** Returns the cookies that a request sends. */
export function requestCookies(headers: Headers): NameValue[] {
  return valuesOf(headers, 'cookie').flatMap((value) => value.split(';').flatMap(cookieOf))
}

/** Returns the cookies that a response sets, without their attributes. */
export function responseCookies(headers: Headers): NameValue[] {
  return valuesOf(headers, 'set-cookie').flatMap((value) => cookieOf(value.split(';')[0] ?? ''))
}

/** Returns the decoded query of a URL; empty if it is invalid. */
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
