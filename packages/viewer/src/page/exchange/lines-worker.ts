import { packedLines } from './lines.js'

/** A request to the worker. */
export type LinesAsked = { id: number; bytes: Uint8Array; isPretty: boolean }

/* A thread of its own reads bodies: a large one would freeze the page. */
addEventListener('message', ({ data }: MessageEvent<LinesAsked>) => {
  const lines = packedLines(data.bytes, data.isPretty)
  const transfer = [lines.starts.buffer, lines.ends.buffer, lines.numbers.buffer]
  postMessage({ id: data.id, lines }, { transfer })
})
