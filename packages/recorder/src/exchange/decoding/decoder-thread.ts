import { parentPort } from 'node:worker_threads'
import { BODY_BYTES, DECODED_AHEAD_BYTES } from '../../limits.js'
import { DecodedLimit, type Decoder, DecodingFault, openDecoder } from './decoder.js'
import type { DecodingOutcome, FromDecoder, ToDecoder } from './messages.js'

// Runs in a thread of its own, so that no body, however it was made, delays traffic through the
// tap, and so that all decoding ends at once when the recording ends.

type Work = Extract<ToDecoder, { kind: 'bytes' | 'end' }>
type Body = { decoder: Decoder; waiting: Work[]; isBusy: boolean }

const port = parentPort
const bodies = new Map<number, Body>()
let ahead = 0
let goOn: (() => void)[] = []

port?.on('message', (message: ToDecoder) => {
  switch (message.kind) {
    case 'open':
      bodies.set(message.body, {
        decoder: openDecoder(message.codings, BODY_BYTES),
        waiting: [],
        isBusy: false,
      })
      return
    case 'dealt-with': {
      ahead -= message.bytes
      const waiting = goOn
      goOn = []
      for (const resume of waiting) resume()
      return
    }
    case 'drop':
      bodies.get(message.body)?.decoder.close()
      bodies.delete(message.body)
      return
    default: {
      const body = bodies.get(message.body)
      body?.waiting.push(message)
      if (body?.isBusy === false) void work(message.body, body)
    }
  }
})

/** Processes a body's queue piece by piece; other bodies get their turn in between. */
async function work(id: number, body: Body): Promise<void> {
  body.isBusy = true
  try {
    for (let next = body.waiting.shift(); next !== undefined; next = body.waiting.shift()) {
      if (next.kind === 'end') {
        await give(id, next.at, body.decoder.end())
        over(id, 'whole')
      } else {
        await give(id, next.at, body.decoder.push(next.bytes))
        tell({ kind: 'taken', body: id, bytes: next.bytes.length })
      }
    }
  } catch (cause) {
    over(id, outcomeOf(cause))
  }
  body.isBusy = false
}

async function give(body: number, at: number, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const together: Uint8Array[] = []
  let length = 0
  let isContinued = false
  const send = () => {
    if (length === 0 || !bodies.has(body)) return
    const bytes = new Uint8Array(length)
    let to = 0
    for (const piece of together.splice(0)) {
      bytes.set(piece, to)
      to += piece.length
    }
    // Counted before sending, which transfers the buffer and leaves it empty.
    ahead += length
    tell({ kind: 'decoded', body, at, isContinued, bytes }, bytes)
    length = 0
    isContinued = true
  }
  try {
    for await (const piece of pieces) {
      together.push(piece)
      length += piece.length
      if (length < MOST_TOGETHER) continue
      send()
      await room()
    }
  } finally {
    // Even after a fault: what was decoded before it is valid.
    send()
  }
  await room()
}

/** Output of bytes that arrived together stays together, up to this size. */
const MOST_TOGETHER = 64 * 1024

async function room(): Promise<void> {
  while (ahead > DECODED_AHEAD_BYTES) {
    await new Promise<void>((resolve) => {
      goOn.push(resolve)
    })
  }
}

function over(id: number, outcome: DecodingOutcome): void {
  const body = bodies.get(id)
  bodies.delete(id)
  body?.decoder.close()
  if (body !== undefined) tell({ kind: 'over', body: id, outcome })
}

function outcomeOf(cause: unknown): DecodingOutcome {
  if (cause instanceof DecodedLimit) return 'stopped'
  if (cause instanceof DecodingFault) return { fault: cause.message, isShort: cause.isShort }
  return { fault: String(cause), isShort: false }
}

function tell(message: FromDecoder, bytes?: Uint8Array<ArrayBuffer>): void {
  port?.postMessage(message, bytes === undefined ? [] : [bytes.buffer])
}
