import { createServer } from 'node:http'

// The model server of the benchmark, a process of its own: 200 events for a request, or as many
// bytes as the path names, in blocks of 16 KiB, which is what a TLS record holds and so the most that
// comes at once from a real API, and no faster than they are taken.
const EVENT = `event: response.output_text.delta\ndata: ${JSON.stringify({
  type: 'response.output_text.delta',
  item_id: 'msg_0123456789abcdef',
  output_index: 0,
  content_index: 0,
  delta: 'a few words, ',
})}\n\n`
const END = `event: response.completed\ndata: ${JSON.stringify({
  type: 'response.completed',
  response: {
    id: 'resp_1',
    status: 'completed',
    usage: { input_tokens: 9000, output_tokens: 200 },
  },
})}\n\n`
const BLOCK = Buffer.from(EVENT.repeat(Math.ceil(16_384 / EVENT.length)).slice(0, 16_384))

const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  request.resume()
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const size = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('bytes'))
    if (size > 0) return send(size)
    for (let event = 0; event < 199; event += 1) response.write(EVENT)
    response.end(END)
  })

  function send(left: number): void {
    let rest = left
    while (rest > 0) {
      const block = rest < BLOCK.length ? BLOCK.subarray(0, rest) : BLOCK
      rest -= block.length
      if (!response.write(block)) {
        response.once('drain', () => send(rest))
        return
      }
    }
    response.end()
  }
})
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('disconnect', () => process.exit())
