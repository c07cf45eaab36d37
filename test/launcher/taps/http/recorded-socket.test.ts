import { expect, test } from 'vitest'
import { RecordedSocket } from '../../../../packages/launcher/dist/taps/http/recorded-socket.js'
import { frame, MessageDeflate } from '../../../parity/websocket-frames.js'

type Options = ConstructorParameters<typeof RecordedSocket>[0]
type Exchange = ReturnType<Options['begin']>

test('an answer that is there before its compressed request has been read belongs to it', async () => {
  const told: string[] = []
  const aside: string[] = []
  const socket = new RecordedSocket({
    upgrade: exchangeOf({ aside: (_, content) => aside.push(content.toString()) }),
    extensions: 'permessage-deflate',
    begin: () => exchangeOf({ message: (content) => told.push(content.toString()) }),
    conversationOf: () => ({}) as ReturnType<Options['conversationOf']>,
    onEnd: () => {},
    quietly: (work) => work(),
  })
  const asked = JSON.stringify({ type: 'response.create', input: 'x'.repeat(1 << 20) })
  socket.push('agent', deflated(asked, true), 1)
  socket.push('upstream', deflated('{"type":"response.created"}'), 2)
  socket.push('upstream', frame('', { opcode: 9 }), 3)
  await socket.end('agent', 'ended', 4)
  expect({ told, aside }).toEqual({ told: ['{"type":"response.created"}'], aside: [''] })
})

function deflated(text: string, mask = false): Buffer {
  return frame(new MessageDeflate().deflate(text), { isDeflated: true, mask })
}

/** An exchange of which only the given parts matter. */
function exchangeOf(heard: {
  aside?: (what: object, content: Buffer) => void
  message?: (content: Buffer) => void
}): Exchange {
  const nothing = () => {}
  const others = { requestBytes: nothing, requestEnd: nothing, hungUp: nothing, end: nothing }
  return { aside: nothing, message: nothing, ...others, ...heard } as unknown as Exchange
}
