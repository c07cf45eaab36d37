import { createServer } from 'node:http'

// The benchmark's model server, a separate process: 200 events per request, or as many bytes as the
// path says in events of 16 KiB. That is the size of a TLS record, and so the most that arrives at
// once from a real API. It sends no faster than its client reads.
const EVENT = textEvent('a few words, ')
const BLOCK = Buffer.from(textEvent('A line of an answer that goes on and on. '.repeat(396)))
const END = `event: response.completed\ndata: ${JSON.stringify({
  type: 'response.completed',
  response: {
    id: 'resp_1',
    status: 'completed',
    usage: { input_tokens: 9000, output_tokens: 200 },
  },
})}\n\n`

const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  request.resume()
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const { searchParams } = new URL(request.url ?? '/', 'http://x')
    const size = Number(searchParams.get('bytes'))
    const pace = Number(searchParams.get('pace'))
    if (size > 0) return send(size)
    if (pace > 0) return sendPaced(pace, 200)
    for (let event = 0; event < 199; event += 1) response.write(EVENT)
    response.end(END)
  })

  /** Events with a pause between them, each carrying its send time. */
  function sendPaced(pace: number, left: number): void {
    if (left === 0) {
      response.end(END)
      return
    }
    response.write(textEvent(`${performance.timeOrigin + performance.now()}`))
    setTimeout(sendPaced, pace, pace, left - 1)
  }

  function send(left: number): void {
    let rest = left
    while (rest > 0) {
      rest -= BLOCK.length
      if (!response.write(BLOCK)) {
        response.once('drain', () => send(rest))
        return
      }
    }
    response.end(END)
  }
})
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('disconnect', () => process.exit())

function textEvent(delta: string): string {
  const type = 'response.output_text.delta'
  const place = { item_id: 'msg_0123456789abcdef', output_index: 0, content_index: 0 }
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...place, delta })}\n\n`
}
