import type { RowPlace } from './row-place.js'

/**
 * What differs between any two runs of Codex: ids, the folders of the test, ports, times, the key of
 * a WebSocket. Names and order of headers, lengths and every other byte stay.
 */
export function withoutChance(text: string, place: RowPlace): string {
  return text
    .replaceAll(`127.0.0.1:${place.upstream.port}`, 'UPSTREAM')
    .replaceAll(`127.0.0.1:${place.elsewhere?.port}`, 'ELSEWHERE')
    .replaceAll(`:${place.upstream.port}`, ':PORT')
    .replaceAll(`:${place.proxy?.port}`, ':PROXY-PORT')
    .replaceAll(place.home.root, 'ROOT')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/("[\w]*_unix_ms\\?":)\d+/g, '$1TIME')
    .replaceAll(/("create_time":)[\d.]+/g, '$1TIME')
    .replaceAll(/Chunk ID: [0-9a-f]{6}(\\+n)Wall time: [\d.]+/g, 'Chunk ID: ID$1Wall time: TIME')
    .replaceAll(/^(thread '.*' \()\d+(?=\) panicked)/gm, '$1THREAD')
    .replaceAll(/(request-start-ms":")\d+/g, '$1TIME')
    .replaceAll(/(sec-websocket-accept: )[\w+/]{27}=/gi, '$1KEY')
    .replaceAll(/^(sec-websocket-key: )[^\r]*/gim, '$1KEY')
    .replaceAll(CLIENT_METADATA, (_, members: string) => {
      return `"client_metadata":{${(members.match(MEMBER) ?? []).sort().join()}}`
    })
    .replaceAll(/^ (succeeded|exited \d+) in \d+m?s:$/gm, ' $1 in TIME:')
}

// Seen on Codex 0.169: the members of this object, and only of this, come in an order of chance.
const MEMBER = /"(?:[^"\\]|\\.)*":"(?:[^"\\]|\\.)*"/g
const CLIENT_METADATA = new RegExp(`"client_metadata":\\{((?:${MEMBER.source},?)*)\\}`, 'g')

/**
 * Codex prints the URL that it called where it is answered 401 or 404 or cannot connect. Under record
 * that is the tap's: the one thing that may differ in what a user sees (docs/recording-codex.md).
 */
export function withoutTapAddress(words: string, { origin }: RowPlace): string {
  const [scheme = '', authority = ''] = origin.split('://')
  return words
    .replaceAll(/\b(http|ws):\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/[\w.:[\]-]+(?=\/)/g, '$1://TAP')
    .replaceAll(/\b(http|ws):\/\/127\.0\.0\.1:\d+(?=\/)/g, '$1://TAP')
    .replaceAll(/\b(http|ws):\/\/TAP/g, (_, of: string) => {
      return `${of}${scheme.endsWith('s') ? 's' : ''}://${authority}`
    })
}
