import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sessionIdOf, standIn } from '../agents/stand-in.js'
import { workplace } from '../agents/workplace.js'
import { type Explained, explained } from './case.js'

/** A request that the stand-in agent sends, and its answer. */
export type Spoken = {
  /** Default: `/responses`. */
  path?: string
  request: object
  status?: number
  /** An object is sent as JSON, a list of them as server-sent events, a string as a page. */
  answer: object | readonly object[] | string
  turn?: number
  /** A thread other than the session's own. */
  thread?: number
  threadSource?: string
  /**
   * What happens to the connection: it breaks before or in the middle of the answer; the body is
   * shorter than its head says; only comments come, or nothing at all.
   */
  fault?: 'refused' | 'reset' | 'cut' | 'keep-alives' | 'silent'
  /** The agent leaves after this many milliseconds. */
  patience?: number
}

/**
 * A session of the stand-in agent, which sends these requests one after the other and ends well.
 */
export function speaks(title: string, spoken: readonly Spoken[], exitCode = 0) {
  return async (): Promise<Explained> => {
    let next = 0
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        const {
          status = 200,
          answer,
          fault,
        } = spoken[Math.min(next, spoken.length - 1)] ?? { answer: {} }
        next += 1
        const isStream = Array.isArray(answer)
        if (fault !== undefined) return suffer(response, fault, isStream ? answer : [])
        const isPage = typeof answer === 'string'
        const type = isStream ? 'text/event-stream' : isPage ? 'text/html' : 'application/json'
        response.writeHead(status, { 'content-type': type })
        const body = isPage ? answer : JSON.stringify(answer)
        response.end(isStream ? answer.map(eventOf).join('') : body)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      const codex = standIn(programOf(spoken, exitCode))
      await using place = await workplace([], { baseUrl: `http://127.0.0.1:${port}/v1`, codex })
      await place.tacho(['codex', 'exec', '--persist-session', 'hello'])
      return await explained(place, title, sessionIdOf(1))
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }
}

function suffer(
  response: ServerResponse,
  fault: NonNullable<Spoken['fault']>,
  events: readonly object[],
): void {
  if (fault === 'refused') {
    response.socket?.resetAndDestroy()
    return
  }
  if (fault === 'silent') return
  const length = fault === 'cut' ? { 'content-length': '100000' } : {}
  response.writeHead(200, { 'content-type': 'text/event-stream', ...length })
  response.write(events.map(eventOf).join(''))
  if (fault === 'keep-alives') {
    const timer = setInterval(() => response.write(': keep-alive\n\n'), 300)
    response.on('close', () => clearInterval(timer))
  } else if (fault === 'cut') setTimeout(() => response.socket?.end(), 200)
  else setTimeout(() => response.socket?.resetAndDestroy(), 200)
}

function eventOf(event: object): string {
  const { type } = event as { type?: string }
  return `${type === undefined ? '' : `event: ${type}\n`}data: ${JSON.stringify(event)}\n\n`
}

function programOf(spoken: readonly Spoken[], exitCode: number): string {
  const requests = spoken.map(
    ({ path = '/responses', request, turn = 1, thread = 1, threadSource, patience = 60_000 }) => ({
      patience,
      path,
      body: JSON.stringify(request),
      metadata: JSON.stringify({
        session_id: sessionIdOf(1),
        thread_id: sessionIdOf(thread),
        turn_id: sessionIdOf(1000 + turn),
        ...(threadSource !== undefined && { thread_source: threadSource }),
      }),
    }),
  )
  return `
(async () => {
  for (const { path, body, metadata, patience } of ${JSON.stringify(requests)}) {
    const signal = AbortSignal.timeout(patience)
    const response = await fetch(base + path, { method: 'POST', body, signal, headers: {
      'content-type': 'application/json', 'x-codex-turn-metadata': metadata,
      'user-agent': 'codex_exec/0.169.0 (stand-in)' } })
    await response.text()
  }
  process.exit(${exitCode})
})().catch(() => process.exit(1))
`
}

/** An answer of the Responses API with a text and its token usage. */
export function says(
  text: string,
  usage: { input?: number; cached?: number; model?: string } = {},
): object[] {
  const { input = 5000, cached = 0, model = 'gpt-5.5' } = usage
  const item = {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    content: [{ type: 'output_text', text }],
  }
  return [
    { type: 'response.created', response: { id: 'resp_1', status: 'in_progress', model } },
    { type: 'response.output_text.delta', output_index: 0, delta: text },
    { type: 'response.output_item.done', output_index: 0, item },
    {
      type: 'response.completed',
      response: {
        id: 'resp_1',
        model,
        status: 'completed',
        output: [item],
        usage: {
          input_tokens: input,
          input_tokens_details: { cached_tokens: cached },
          output_tokens: 20,
          total_tokens: input + 20,
        },
      },
    },
  ]
}

/** A message in the Responses API's input. */
export function message(role: string, text: string): object {
  return {
    type: 'message',
    role,
    content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }],
  }
}

/** A call and its result, in the form of the Responses API's input. */
export function called(id: number, name: string, given: object | string, output: string): object[] {
  return [
    {
      type: 'function_call',
      call_id: `call_${id}`,
      name,
      arguments: typeof given === 'string' ? given : JSON.stringify(given),
    },
    { type: 'function_call_output', call_id: `call_${id}`, output },
  ]
}
