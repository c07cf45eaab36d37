import { Readable, Writable } from 'node:stream'
import {
  type AgentContext,
  agent,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  type RequestPermissionResponse,
} from '@agentclientprotocol/sdk'

/**
 * An agent of the Agent Client Protocol, built on its official SDK, that follows its prompts word
 * by word: `ask` asks before a command, `edit` before a change, `tool` runs one without asking,
 * `say` asks the model at `OPENAI_BASE_URL`, `noise` prints a line that is not JSON, `withdraw`
 * asks and withdraws the question, `die` ends with exit code 7. It knows nothing of Tacho.
 *
 * Its first argument is the prefix of its session ids. On standard error it prints how long it
 * waited for each answer, in milliseconds.
 */
const [prefix = 'sess_0123456789abcdef_'] = process.argv.slice(2)
const OPTIONS = [
  { optionId: 'proceed_once', name: 'Allow', kind: 'allow_once' },
  { optionId: 'proceed_always', name: 'Always allow', kind: 'allow_always' },
  { optionId: 'cancel', name: 'Reject', kind: 'reject_once' },
] as const

let sessions = 0
let calls = 0
const stops = new Map<string, AbortController>()

agent({ name: 'scripted-agent' })
  .onRequest(methods.agent.initialize, () => ({
    protocolVersion: PROTOCOL_VERSION,
    agentCapabilities: { loadSession: true },
    agentInfo: { name: 'scripted-agent', version: '4.2.0' },
  }))
  .onRequest(methods.agent.session.new, () => {
    sessions += 1
    return { sessionId: `${prefix}${sessions}` }
  })
  .onRequest(methods.agent.session.load, async ({ params: { sessionId }, client }) => {
    // Replays the history, which includes a tool of a turn.
    await tell(client, sessionId, { sessionUpdate: 'user_message_chunk', content: words('tool') })
    await tell(client, sessionId, toolCall('old_1', 'completed'))
    return {}
  })
  .onRequest(methods.agent.session.prompt, async ({ params: { sessionId, prompt }, client }) => {
    const stop = new AbortController()
    stops.set(sessionId, stop)
    const [block] = prompt
    for (const word of block?.type === 'text' ? block.text.split(' ') : [])
      await STEPS[word]?.({ client, sessionId, signal: stop.signal })
    return { stopReason: stop.signal.aborted ? 'cancelled' : 'end_turn' }
  })
  .onNotification(methods.agent.session.cancel, ({ params: { sessionId } }) =>
    stops.get(sessionId)?.abort(),
  )
  .connect(
    ndJsonStream(
      Writable.toWeb(process.stdout),
      Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
    ),
  )

type Step = (place: {
  client: AgentContext
  sessionId: string
  signal: AbortSignal
}) => Promise<void>

const STEPS: Record<string, Step> = {
  async ask({ client, sessionId, signal }) {
    const callId = nextCall()
    await tell(client, sessionId, toolCall(callId, 'pending'))
    const asked = { toolCallId: callId, title: 'make it so', status: 'pending' as const }
    await settle(client, sessionId, callId, asked, signal)
  },
  async edit({ client, sessionId, signal }) {
    // Like Gemini: the question is the first mention of the call.
    const callId = nextCall()
    const asked = {
      toolCallId: callId,
      title: 'Write a.txt',
      kind: 'edit' as const,
      status: 'pending' as const,
      locations: [{ path: '/work/a.txt' }],
      rawInput: { file_path: '/work/a.txt', content: 'a secret text' },
    }
    await settle(client, sessionId, callId, asked, signal)
  },
  async tool({ client, sessionId }) {
    const callId = nextCall()
    await tell(client, sessionId, toolCall(callId, 'in_progress'))
    await tell(client, sessionId, {
      sessionUpdate: 'tool_call_update',
      toolCallId: callId,
      content: [{ type: 'content', content: words('its output') }],
    })
    await finish(client, sessionId, callId, 'completed')
  },
  async say({ client, sessionId, signal }) {
    const answer = await fetch(`${process.env.OPENAI_BASE_URL}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${process.env.SCRIPTED_KEY}`,
        'x-session-id': sessionId,
      },
      body: JSON.stringify({ model: 'scripted-1', stream: true, messages: [] }),
      signal,
    })
    for await (const bytes of answer.body ?? [])
      await tell(client, sessionId, {
        sessionUpdate: 'agent_message_chunk',
        content: words(Buffer.from(bytes).toString()),
      })
  },
  async noise() {
    process.stdout.write('Debugger attached.\n\n{"jsonrpc":"2.0"\n[1,2]\n')
  },
  async withdraw({ client, sessionId }) {
    const toolCall = { toolCallId: nextCall(), title: 'never mind' }
    const takeBack = new AbortController()
    const asked = client.request(
      methods.client.session.requestPermission,
      { sessionId, toolCall, options: [...OPTIONS] },
      { cancellationSignal: takeBack.signal },
    )
    takeBack.abort()
    await asked.catch(() => {})
  },
  async die() {
    process.exit(7)
  },
}

async function settle(
  client: AgentContext,
  sessionId: string,
  callId: string,
  asked: { toolCallId: string; title: string },
  signal: AbortSignal,
): Promise<void> {
  const since = performance.now()
  const { outcome } = await client.request<RequestPermissionResponse>(
    'session/request_permission',
    { sessionId, toolCall: asked, options: OPTIONS },
  )
  process.stderr.write(`waited ${performance.now() - since}\n`)
  // The cancel request arrives first, but its handler may run second.
  if (outcome.outcome === 'cancelled') stops.get(sessionId)?.abort()
  if (signal.aborted) return
  const isAllowed = 'optionId' in outcome && outcome.optionId !== 'cancel'
  await finish(client, sessionId, callId, isAllowed ? 'completed' : 'failed')
}

function finish(
  client: AgentContext,
  sessionId: string,
  toolCallId: string,
  status: 'completed' | 'failed',
): Promise<void> {
  return tell(client, sessionId, { sessionUpdate: 'tool_call_update', toolCallId, status })
}

function toolCall(toolCallId: string, status: 'pending' | 'in_progress' | 'completed') {
  return {
    sessionUpdate: 'tool_call',
    toolCallId,
    title: 'make it so',
    kind: 'execute',
    status,
    rawInput: { command: 'mkfifo q1', cwd: '/work' },
  } as const
}

function tell(
  client: AgentContext,
  sessionId: string,
  update: Record<string, unknown>,
): Promise<void> {
  return client.notify<unknown>('session/update', { sessionId, update })
}

function nextCall(): string {
  calls += 1
  return `call_${calls}`
}

function words(text: string) {
  return { type: 'text', text } as const
}
