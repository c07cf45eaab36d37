import type { RowPlace } from './row-place.js'

/**
 * Removes what differs between any two runs of Codex: ids, the test's folders, ports, times,
 * WebSocket keys, and whether a signal hit the shell that it takes a snapshot of while it starts.
 * Names and order of headers, lengths, and all other bytes remain.
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
    .replaceAll(/^TIME ERROR codex_core::shell_snapshot: .*\n/gm, '')
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
    .replaceAll(/ (succeeded|exited \d+) in [\d.]+m?s:/g, ' $1 in TIME:')
}

// Codex 0.169: the members of this object, and only of this one, come in random order.
const MEMBER = /"(?:[^"\\]|\\.)*":"(?:[^"\\]|\\.)*"/g
const CLIENT_METADATA = new RegExp(`"client_metadata":\\{((?:${MEMBER.source},?)*)\\}`, 'g')

/**
 * On 401 or 404, or if it cannot connect, Codex prints the URL that it called. Under record that is
 * the tap's: the only difference that a user may see (docs/recording-codex.md).
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
