import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { DecodingThread } from '../../../../packages/recorder/dist/exchange/decoding/decoding-thread.js'
import type { DecodingOutcome } from '../../../../packages/recorder/dist/exchange/decoding/messages.js'
import { TEXT } from './lines.js'
import { endlessBlock, frameOf, headerOf } from './zstd-by-hand.js'

const MiB = 1024 * 1024
const threads: DecodingThread[] = []

afterEach(() => {
  for (const thread of threads.splice(0)) thread.close()
})

test('what comes out has the time of the bytes that it came out of', async () => {
  const { decoding, over, pieces } = opened(['gzip'])
  const half = gzipSync(TEXT)
  decoding.push(half, 100)
  decoding.push(half, 200)
  decoding.end(300)
  expect(await over).toBe('whole')
  expect([textAt(pieces, 100), textAt(pieces, 200), textAt(pieces, 300)]).toEqual([
    TEXT.toString(),
    TEXT.toString(),
    '',
  ])
})

test('each piece comes out before the next goes in, however long that takes to come', async () => {
  const { decoding, next } = opened(['deflate'])
  for (const line of ['one', 'two', 'three']) {
    // Flushed but not ended, as a server sends an event.
    decoding.push(deflateRawSync(line, { finishFlush: 2 }), 1)
    expect(String(await next())).toBe(line)
  }
})

test('no turn of the event loop has more to do than with 256 KiB, however much comes out', async () => {
  let turn = 0
  let isOver = false
  const count = () => {
    turn += 1
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  const byTurn = new Map<number, number>()
  const { decoding, over } = opened(['gzip'], (bytes) => {
    byTurn.set(turn, (byTurn.get(turn) ?? 0) + bytes.length)
  })
  decoding.push(gzipSync(Buffer.alloc(100 * MiB)), 0)
  decoding.end(0)
  expect(await over).toBe('stopped')
  isOver = true
  expect([...byTurn.values()].reduce((sum, bytes) => sum + bytes)).toBe(64 * MiB)
  // One piece may be in flight beyond those that may wait.
  expect(Math.max(...byTurn.values())).toBeLessThanOrEqual(256 * 1024 + 64 * 1024)
})

test('bodies at the same time do not wait for each other', async () => {
  const thread = threadOf()
  const large = opened(['gzip'], undefined, thread)
  large.decoding.push(gzipSync(Buffer.alloc(60 * MiB)), 0)
  const small = opened(['gzip'], undefined, thread)
  small.decoding.push(gzipSync(TEXT), 0)
  small.decoding.end(0)
  let isLargeOver = false
  void large.over.then(() => {
    isLargeOver = true
  })
  large.decoding.end(0)
  expect(await small.over).toBe('whole')
  expect(isLargeOver).toBe(false)
  expect(await large.over).toBe('whole')
})

test('closing it tells what is not decoded by then, at once, and nothing comes afterwards', async () => {
  const thread = threadOf()
  const { decoding, over, pieces, outcomes } = opened(['gzip'], undefined, thread)
  decoding.push(gzipSync(Buffer.alloc(60 * MiB)), 0)
  decoding.end(0)
  thread.close()
  expect(outcomes).toEqual([{ fault: 'not decoded in time', isShort: false }])
  await over
  const later = opened(['gzip'], undefined, thread)
  later.decoding.push(gzipSync(TEXT), 0)
  expect([later.outcomes, pieces, later.pieces]).toEqual([outcomes, [], []])
})

test('what comes faster than it can be decoded is cut off, and the others go on', async () => {
  const thread = threadOf()
  const stored = gzipSync(Buffer.alloc(MiB), { level: 0 })
  const flood = opened(['gzip'], undefined, thread)
  for (let sent = 0; sent < 40; sent += 1) flood.decoding.push(stored, 0)
  expect(flood.outcomes).toEqual([
    { fault: 'it came faster than it could be decoded', isShort: false },
  ])
  const other = opened(['gzip'], undefined, thread)
  other.decoding.push(gzipSync(TEXT), 0)
  other.decoding.end(0)
  expect(await other.over).toBe('whole')
})

test('a listener that throws ends its body, and nothing else', async () => {
  const thread = threadOf()
  const throwing = opened(
    ['gzip'],
    () => {
      throw new Error('disk on fire')
    },
    thread,
  )
  throwing.decoding.push(gzipSync(TEXT), 0)
  expect(await throwing.over).toEqual({ fault: 'Error: disk on fire', isShort: false })
  const other = opened(['gzip'], undefined, thread)
  other.decoding.push(gzipSync(TEXT), 0)
  other.decoding.end(0)
  expect(await other.over).toBe('whole')
})

test('a body that keeps the decoder busy without end is given up, and the next one is decoded', async () => {
  const thread = new DecodingThread({ silenceMilliseconds: 2000 })
  threads.push(thread)
  const busy = opened(['zstd'], undefined, thread)
  busy.decoding.push(frameOf(headerOf({}), ...Array.from({ length: 1000 }, endlessBlock)), 0)
  busy.decoding.end(0)
  // Node's own zstd, if present, detects this.
  expect(await busy.over).toMatchObject({ fault: expect.any(String) })
  const next = opened(['gzip'], undefined, thread)
  next.decoding.push(gzipSync(TEXT), 0)
  next.decoding.end(0)
  expect(await next.over).toBe('whole')
})

test('a process that has nothing else to do ends, whatever is being decoded', async () => {
  const dist = new URL('../../../../packages/recorder/dist/exchange/decoding/', import.meta.url)
  const program = `
    import { gzipSync } from 'node:zlib'
    import { DecodingThread } from '${new URL('decoding-thread.js', dist).href}'
    const listener = { decoded() {}, over: (outcome) => console.log(outcome) }
    const decoding = new DecodingThread().open(['gzip'], listener)
    decoding.push(gzipSync(Buffer.alloc(60 * 1024 * 1024)), 0)
  `
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { cwd: fileURLToPath(dist) },
  )
  expect(stdout).toBe('')
})

function threadOf(): DecodingThread {
  const thread = new DecodingThread()
  threads.push(thread)
  return thread
}

function opened(
  codings: ('gzip' | 'deflate' | 'zstd')[],
  onBytes: (bytes: Uint8Array) => void = () => {},
  thread = threadOf(),
) {
  const pieces: { bytes: Uint8Array; at: number }[] = []
  const outcomes: DecodingOutcome[] = []
  let settle: (outcome: DecodingOutcome) => void
  let wake: () => void = () => {}
  let read = 0
  const over = new Promise<DecodingOutcome>((resolve) => {
    settle = resolve
  })
  const decoding = thread.open(codings, {
    decoded(bytes, at) {
      onBytes(bytes)
      pieces.push({ bytes, at })
      wake()
    },
    over(outcome) {
      outcomes.push(outcome)
      settle(outcome)
    },
  })
  return {
    decoding,
    pieces,
    outcomes,
    over,
    /** The next piece, as soon as it is there. */
    async next(): Promise<Buffer> {
      while (pieces.length <= read) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      read += 1
      return Buffer.from(pieces[read - 1]?.bytes ?? [])
    },
  }
}

function textAt(pieces: readonly { bytes: Uint8Array; at: number }[], time: number): string {
  return Buffer.concat(pieces.filter(({ at }) => at === time).map(({ bytes }) => bytes)).toString()
}
