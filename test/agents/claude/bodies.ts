import { indexRawLog, requestPieces, responseChunks } from '@tacho/reader'
import { expect } from 'vitest'
import type { Exchange } from '../../scripted-model/index.js'
import type { SessionOnDisk } from '../session-on-disk.js'
import type { ClaudePlace } from './place.js'

type Bodies = { request: Buffer; response: Buffer }

/**
 * Checks that a session has exactly the bodies that the server received and sent under its id, byte
 * for byte.
 */
export function expectItsBodies(session: SessionOnDisk, { model }: ClaudePlace): void {
  const own = model.exchanges
    // Its requests to Anthropic outside the conversation take another way.
    .filter(({ url }) => !url.startsWith('/api/'))
    .filter((one) => (sessionOf(one) ?? session.id) === session.id)
  expect(own).not.toEqual([])
  expect(bodiesOf(session)).toEqual(own.map(bodiesAtModel))
}

function sessionOf({ rawHeaders }: Exchange): string | undefined {
  const at = rawHeaders.findIndex((one) => one.toLowerCase() === 'x-claude-code-session-id')
  return at < 0 ? undefined : rawHeaders[at + 1]
}

function bodiesOf({ folder }: SessionOnDisk): Bodies[] {
  const index = indexRawLog(folder, () => undefined)
  return index.exchanges.map((exchange) => ({
    request: Buffer.concat([...requestPieces(folder, index, exchange)]),
    response: Buffer.concat([...responseChunks(folder, exchange)].map(({ bytes }) => bytes)),
  }))
}

function bodiesAtModel({ requestBody, responseBody }: Exchange): Bodies {
  return { request: requestBody, response: responseBody }
}
