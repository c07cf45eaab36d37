import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createScrubber, type Scrubber } from '@tacho/scrub'
import type { Row } from './row.js'

/** Processor milliseconds that a megabyte of any input may cost. */
const MOST = 5
const KNOWN = 200
const ROUNDS = 10
const REPEATED = 500_000
const SOURCES = 8e6

/**
 * What scrubbing costs in processor time: for what an agent reads, for an answer in chunks as they
 * come from a socket, and for input made to be slow.
 */
export async function benchScrub(): Promise<Row[]> {
  const scrubber = createScrubber({ fingerprint: () => '0000' })
  for (const value of values()) scrubber.learn(value, 'key')
  const sources = textOf(fileURLToPath(new URL('../../node_modules', import.meta.url)))
  return [
    ...baseline(sources),
    ...bodies(sources).map(([what, body]) => cost(what, body, () => scrubber.bytes(body))),
    ...answers(scrubber, sources),
    ...repeated().flatMap(([what, body]) => [
      cost(`${what}, repeated`, body, () => scrubber.bytes(body)),
      cost('… as an answer, in chunks of 64 KiB', body, () => streamed(scrubber, body, 65_536)),
    ]),
    found(),
    ...learning(),
  ]
}

/** What each key costs in a text of nothing but keys: above all, its fingerprint. */
function found(): Row {
  const keys = Array.from(
    { length: 10_000 },
    () => `AIza${randomBytes(26).toString('base64url')}\n`,
  )
  const body = Buffer.from(keys.join(''))
  const hmac = randomBytes(32)
  const fingerprint = (secret: string) =>
    createHmac('sha256', hmac).update(secret).digest('hex').slice(0, 4)
  const times = Array.from({ length: ROUNDS }, () => {
    const scrubber = createScrubber({ fingerprint })
    return timeOf(() => scrubber.bytes(body))
  })
  return {
    what: 'each key of a list',
    value: (1000 * Math.min(...times)) / keys.length,
    unit: 'µs',
  }
}

/** The cost of merely reading the bytes on this machine. */
function baseline(sources: Buffer): Row[] {
  const copy = Buffer.alloc(sources.length)
  const plain = (what: string, work: () => unknown): Row => {
    const row = cost(what, sources, work)
    return { what: row.what, value: row.value, unit: row.unit }
  }
  return [
    plain('baseline: copied', () => copy.set(sources)),
    plain('baseline: searched for one word', () => sources.indexOf('sk-ant-api03-none-such')),
    plain('baseline: summed up byte by byte', () => sum(sources)),
  ]
}

function sum(bytes: Uint8Array): number {
  let total = 0
  for (let at = 0; at < bytes.length; at += 1) total = (total + (bytes[at] ?? 0)) | 0
  return total
}

function bodies(sources: Buffer): [what: string, body: Buffer][] {
  const json = JSON.stringify(sources.toString('latin1', 0, 3e6))
  const wrapped = randomBytes(1.5e6).toString('base64').replace(/.{76}/g, '$&\n')
  return [
    ['sources and documents', sources],
    ['the same in JSON', Buffer.from(json)],
    ['the same in JSON in JSON', Buffer.from(JSON.stringify(json))],
    ['base64', Buffer.from(randomBytes(1.5e6).toString('base64'))],
    ['base64, wrapped', Buffer.from(wrapped)],
    ['base64url', Buffer.from(randomBytes(1.5e6).toString('base64url'))],
    ['hex', Buffer.from(randomBytes(1e6).toString('hex'))],
    ['hex dump', Buffer.from(dump(sources.subarray(0, 4e5)))],
    ['UUIDs', Buffer.from(Array.from({ length: 4e4 }, () => randomUUID()).join('\n'))],
    ['random bytes', randomBytes(2e6)],
  ]
}

/** As `xxd` prints it. */
function dump(bytes: Buffer): string {
  return Array.from({ length: Math.ceil(bytes.length / 16) }, (_, line) => {
    const part = bytes.subarray(16 * line, 16 * line + 16)
    const words = part.toString('hex').replace(/.{4}/g, '$& ').padEnd(40)
    const text = part.toString('latin1').replace(/[^ -~]/g, '.')
    return `${(16 * line).toString(16).padStart(8, '0')}: ${words} ${text}\n`
  }).join('')
}

/** An answer whose events carry 20 characters of text each, and one with a few large events. */
function answers(scrubber: Scrubber, sources: Buffer): Row[] {
  const text = sources.toString('latin1', 0, 2e6)
  const small = Array.from({ length: 1e4 }, (_, number) => {
    const delta = text.slice(number * 20, number * 20 + 20)
    const place = { item_id: 'msg_0123456789abcdef', output_index: 0, content_index: 0 }
    return event({ type: 'response.output_text.delta', ...place, delta, sequence_number: number })
  })
  const breaks = event({ type: 'response.output_text.delta', delta: '\n'.repeat(250) }).repeat(4000)
  const large = [event({ type: 'response.completed', response: { output_text: text } })]
  const through = (what: string, body: Buffer, size: number): Row =>
    cost(what, body, () => streamed(scrubber, body, size))
  const events = Buffer.from(small.join(''))
  return [
    {
      // Hardly less for a shorter one: it is not the bytes that cost.
      what: 'each chunk of an answer, of 200 bytes',
      value: (1000 * least(() => streamed(scrubber, events, 200))) / (events.length / 200),
      unit: 'µs',
    },
    through('answer of small events, chunks of 4 KiB', events, 4096),
    through('answer of small events, chunks of 64 KiB', events, 65_536),
    through('answer of line breaks in events, chunks of 4 KiB', Buffer.from(breaks), 4096),
    through('answer of one large event, chunks of 64 KiB', Buffer.from(large.join('')), 65_536),
  ]
}

function streamed(scrubber: Scrubber, body: Buffer, size: number): void {
  const stream = scrubber.answer()
  for (let at = 0; at < body.length; at += size) stream.push(body.subarray(at, at + size))
  stream.end()
}

function event(data: { type: string; [member: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}

/** Input that needs a closer look again and again. */
function repeated(): [what: string, body: Buffer][] {
  const units = [
    ...['a', '\n', 'a\n', '\\n', '\\n 1', '\\"a', '\\u0041', '%41', '%25', '\\'],
    ...['\n+ ', '\n1\t', '\\u4e2d', '\x1b[31m', 'a\0', '\0', ' ', 'AKIA', 'Bearer '],
    ...[': ping\n\n', 'data: \n', 'data: {}\n\n'],
    ...['sk-ant-api03-', 'c2stYW50LWFwaTAzLQ', 'sk-all-keys-begin-alike-', 'github_pat_', '0Q~'],
    ...['-----BEGIN PRIVATE KEY-----\n', 'eyJhbGciOi.', 'a://b:c', 'QUJJ', 'hf_', 'tvly-'],
    ...['41 42 ', '\\e[0m', '"ghp_a1b2c3d4e5f6g" +', 'sk-ant-api03-a1B2c3D4e5F6<b>'],
    ...['SharedAccessKey=', 'secret_a1B<b>', 'secret_a1B&', 'xoxb-1\n', 'eyJ'],
  ]
  return units.map((unit) => [
    JSON.stringify(unit),
    Buffer.from(unit.repeat(Math.ceil(REPEATED / unit.length))),
  ])
}

/**
 * The cost of learning one more value and searching with it, when there are {@link KNOWN} already.
 */
function learning(): Row[] {
  const scrubber = createScrubber({ fingerprint: () => '0000' })
  const first = timeOf(() => {
    for (const value of values()) scrubber.learn(value, 'key')
    scrubber.text('x')
  })
  const times = values()
    .slice(0, 20)
    .map((value) =>
      timeOf(() => {
        scrubber.learn(value, 'key')
        scrubber.text('x')
      }),
    )
  return [
    { what: `to learn ${KNOWN} values`, value: first, unit: 'ms' },
    {
      what: 'to learn one more',
      value: times.reduce((total, time) => total + time, 0) / times.length,
      unit: 'ms',
      limit: { most: MOST },
    },
  ]
}

function cost(what: string, body: Buffer, work: () => unknown): Row {
  return {
    what,
    value: least(work) / (body.length / 1e6),
    unit: 'ms/MB',
    limit: { most: MOST },
  }
}

/** The least processor time of several rounds, in milliseconds: the first ones compile. */
function least(work: () => unknown): number {
  return Math.min(...Array.from({ length: ROUNDS }, () => timeOf(work)))
}

function timeOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function values(): string[] {
  return Array.from(
    { length: KNOWN },
    () => `sk-all-keys-begin-alike-${randomBytes(24).toString('base64url')}`,
  )
}

function textOf(folder: string): Buffer {
  const parts: Buffer[] = []
  let length = 0
  const walk = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const inside = join(path, name)
      const found = statSync(inside, { throwIfNoEntry: false })
      if (found === undefined || length > SOURCES) return
      if (found.isDirectory()) walk(inside)
      else if (/\.(?:[cm]?[jt]s|json|map|md|css|html)$/.test(name) && found.size < 3e6) {
        parts.push(readFileSync(inside))
        length += found.size
      }
    }
  }
  walk(folder)
  return Buffer.concat(parts)
}
