import { ReaderError, requestPieces, responseChunks } from '@tacho/reader'
import { answerBytes } from '../answer.js'
import type { Asked } from '../routes.js'
import { countIn, exchangeIn } from './named.js'

/** Bytes of a request's body: `from`, and `to` before which it ends. */
export async function answerRequest(asked: Asked): Promise<void> {
  const { session, reader, exchange } = await exchangeIn(asked)
  await answerBytes(
    asked.response,
    part(asked, requestPieces(session.folder, reader.index, exchange)),
  )
}

/** Bytes of a response's body, likewise. */
export async function answerResponse(asked: Asked): Promise<void> {
  const { session, exchange } = await exchangeIn(asked)
  const chunks = responseChunks(session.folder, exchange)
  await answerBytes(asked.response, part(asked, bytesOf(chunks)))
}

function* bytesOf(chunks: Iterable<{ bytes: Uint8Array }>): Generator<Uint8Array> {
  for (const { bytes } of chunks) yield bytes
}

/** What lies between the bytes asked for. What is not whole is given as far as it goes. */
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
