import { ReaderError, requestPieces, responseChunks } from '@tacho/reader'
import { answerBytes } from '../answer.js'
import type { Asked } from '../routes.js'
import { countIn, exchangeIn } from './named.js'

/** Answers with bytes of a request's body, between `from` and `to` (exclusive). */
export async function answerRequest(asked: Asked): Promise<void> {
  const { session, reader, exchange } = await exchangeIn(asked)
  await answerBytes(
    asked.response,
    part(asked, requestPieces(session.folder, reader.index, exchange)),
  )
}

/** The same for a response's body. */
export async function answerResponse(asked: Asked): Promise<void> {
  const { session, exchange } = await exchangeIn(asked)
  const chunks = responseChunks(session.folder, exchange)
  await answerBytes(asked.response, part(asked, bytesOf(chunks)))
}

function* bytesOf(chunks: Iterable<{ bytes: Uint8Array }>): Generator<Uint8Array> {
  for (const { bytes } of chunks) yield bytes
}

/** Yields the requested range of bytes. If the body is incomplete, as much as there is. */
function* part(asked: Asked, pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  const from = countIn(asked, 'from', 0)
  const to = countIn(asked, 'to', Number.POSITIVE_INFINITY)
  let at = 0
  try {
    for (const piece of pieces) {
      const wanted = piece.subarray(Math.max(0, from - at), Math.max(0, to - at))
      if (wanted.length > 0) yield wanted
      at += piece.length
      if (at >= to) return
    }
  } catch (cause) {
    if (!(cause instanceof ReaderError)) throw cause
  }
}
