import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FORM } from '../../../packages/recorder/src/register/apart/frame.js'
import { FrameReader } from '../../../packages/recorder/src/register/apart/frame-reader.js'
import type { FromHost } from '../../../packages/recorder/src/register/apart/from-host.js'
import {
  leave,
  newHandover,
  takeLeft,
} from '../../../packages/recorder/src/register/apart/handover.js'
import { Outbox, type Pipe } from '../../../packages/recorder/src/register/apart/outbox.js'

/** A pipe that accepts this many bytes per call, while it has room. */
function pipeOf(each: number, room = Number.POSITIVE_INFINITY) {
  const taken: Buffer[] = []
  const pipe = {
    room,
    isOpen: true,
    write(parts: readonly Uint8Array[]) {
      const most = Math.min(each, pipe.room)
      // Only the necessary part of what may be megabytes.
      const all = Buffer.concat(parts.map((part) => part.subarray(0, most))).subarray(0, most)
      taken.push(all)
      pipe.room -= all.length
      return all.length
    },
  } satisfies Pipe & { room: number }
  return { pipe, taken }
}

/** What is read if this many bytes arrive at a time; body bytes as their count and last value. */
function readBy(taken: readonly Buffer[], step: number): unknown[] {
  const messages: unknown[] = []
  const reader = new FrameReader((message) => messages.push(shown(message)))
  const all = Buffer.concat(taken)
  for (let at = 0; at < all.length; at += step) reader.push(all.subarray(at, at + step))
  expect(reader.isTorn).toBe(false)
  return messages
}

function shown(message: FromHost) {
  return 'bytes' in message && typeof message.bytes !== 'number'
    ? [message.kind, message.request, message.bytes.length, message.bytes.at(-1)]
    : message
}

function bodyOf(outbox: Outbox, request: number): (bytes: Uint8Array) => void {
  return outbox.chunks(FORM.responseBytes, request, (bytes) =>
    expect(outbox.bytes(FORM.responseBytes, request, bytes)).toBe(true),
  )
}

const line = (message: string): FromHost => ({ kind: 'line', level: 'info', label: 'l', message })

for (const each of [1_000_000, 70_000, 999]) {
  test(`what is told is read as it was told, by a pipe that takes ${each} bytes at once`, async () => {
    const { pipe, taken } = pipeOf(each)
    const outbox = new Outbox(pipe)
    outbox.tell(line('ü'.repeat(5)))
    outbox.tell(line('x'.repeat(100_000)))
    // From one read, and from the next.
    const [seven, eight] = [bodyOf(outbox, 7), bodyOf(outbox, 8)]
    seven(Buffer.alloc(10, 1))
    seven(Buffer.alloc(20, 2))
    await Promise.resolve()
    seven(Buffer.alloc(30, 3))
    eight(Buffer.alloc(40, 4))
    const own = Buffer.alloc(3_000_000, 5)
    outbox.bytes(FORM.requestBytes, 9, own)
    own.fill(0)
    outbox.tellNow({ kind: 'ended', exitCode: 3 })
    while (!outbox.isEmpty) outbox.drain()
    for (const step of [10_000_000, 65_536, 4_099]) {
      expect(readBy(taken, step)).toEqual([
        line('ü'.repeat(5)),
        line('x'.repeat(100_000)),
        ['response-bytes', 7, 30, 2],
        ['response-bytes', 7, 30, 3],
        ['response-bytes', 8, 40, 4],
        ['request-bytes', 9, 1_048_576, 5],
        ['request-bytes', 9, 1_048_576, 5],
        ['request-bytes', 9, 902_848, 5],
        { kind: 'ended', exitCode: 3 },
      ])
    }
  })
}

test('what is told beyond what may wait is refused, and then counted; what there is room for follows', () => {
  const { pipe, taken } = pipeOf(1_000_000, 0)
  const outbox = new Outbox(pipe)
  const body = Buffer.alloc(1024 * 1024)
  let count = 0
  while (outbox.bytes(FORM.responseBytes, 1, body)) count += 1
  expect(count).toBe(15)
  for (let told = 0; told < 40; told += 1) outbox.tell(line('y'.repeat(100_000)))
  pipe.room = Number.POSITIVE_INFINITY
  outbox.drain()
  outbox.tellNow(line('there is room'))
  const messages = readBy(taken, 65_536).slice(count)
  const kept = messages.length - 2
  expect(kept).toBeGreaterThan(10)
  expect(messages.slice(kept)).toEqual([
    { kind: 'lost', lost: { line: 40 - kept } },
    line('there is room'),
  ])
})

test('what a pipe did not take is left where one reader finds it, once', () => {
  const { pipe } = pipeOf(10, 0)
  const outbox = new Outbox(pipe)
  outbox.tellNow(line('a secret that nobody else is to read'))
  const handover = newHandover()
  leave(handover, outbox.takeWaiting())
  expect(outbox.isEmpty).toBe(true)
  expect(takeLeft({ ...handover, key: newHandover().key })).toBeUndefined()
  expect(existsSync(handover.path)).toBe(false)
  const other = newHandover()
  leave(other, [Buffer.from('one'), Buffer.from('two')])
  expect(Buffer.from(takeLeft(other) ?? []).toString()).toBe('onetwo')
  expect(takeLeft(other)).toBeUndefined()
})
