/**
 * The single list of span attributes: for each kind of span, each attribute's name in our code,
 * name in the span, and type. `docs/format.md` says what each means, and the docs check compares
 * the two.
 */

/** The TypeScript type of each type of attribute. */
export type AttributeValues = { text: string; number: number; boolean: boolean; texts: string[] }

/** An attribute: its name in a span, and what it holds. */
export type SpanAttribute<Type extends keyof AttributeValues = keyof AttributeValues> = {
  name: string
  type: Type
}

/** On every span of a session. */
const EVERYWHERE = {
  sessionId: text('session.id'),
  /** The agent's own thread id, or the session's id if there is none. */
  threadId: text('gen_ai.conversation.id'),
  turnId: text('tacho.turn.id'),
  /** The session died before the span ended. Set only on exported spans. */
  interrupted: boolean('tacho.interrupted'),
}

const OPERATION = { operation: text('gen_ai.operation.name') }

export const SPAN_ATTRIBUTES = {
  session: {
    ...EVERYWHERE,
    agent: text('gen_ai.agent.name'),
    agentVersion: text('gen_ai.agent.version'),
    pid: number('process.pid'),
    command: text('tacho.command'),
    cwd: text('tacho.cwd'),
    tacho: text('tacho.version'),
    exitCode: number('tacho.exit_code'),
    signal: text('tacho.signal'),
  },
  invoke_agent: {
    ...EVERYWHERE,
    ...OPERATION,
    agent: text('gen_ai.agent.name'),
    threadSource: text('tacho.thread.source'),
    status: text('tacho.turn.status'),
    outcome: text('tacho.turn.outcome'),
  },
  chat: {
    ...EVERYWHERE,
    ...OPERATION,
    provider: text('gen_ai.provider.name'),
    requestModel: text('gen_ai.request.model'),
    responseModel: text('gen_ai.response.model'),
    responseId: text('gen_ai.response.id'),
    finishReasons: texts('gen_ai.response.finish_reasons'),
    /** In seconds. */
    timeToFirstChunk: number('gen_ai.response.time_to_first_chunk'),
    inputTokens: number('gen_ai.usage.input_tokens'),
    outputTokens: number('gen_ai.usage.output_tokens'),
    cacheReadTokens: number('gen_ai.usage.cache_read.input_tokens'),
    cacheCreationTokens: number('gen_ai.usage.cache_creation.input_tokens'),
    reasoningTokens: number('gen_ai.usage.reasoning.output_tokens'),
    status: number('http.response.status_code'),
    errorType: text('error.type'),
    errorCode: text('tacho.error.code'),
    exchange: text('tacho.exchange.id'),
    state: text('tacho.exchange.state'),
    outcome: text('tacho.exchange.outcome'),
    protocol: text('network.protocol.name'),
    connection: text('tacho.connection.id'),
    isPrewarm: boolean('tacho.exchange.prewarm'),
    requestBytes: number('tacho.request.bytes'),
    requestSha256: text('tacho.request.sha256'),
    responseBytes: number('tacho.response.bytes'),
    responseSha256: text('tacho.response.sha256'),
    events: number('tacho.response.events'),
    textLength: number('tacho.response.text_length'),
  },
  http: {
    ...EVERYWHERE,
    method: text('http.request.method'),
    originalMethod: text('http.request.method_original'),
    url: text('url.full'),
    path: text('url.path'),
    query: text('url.query'),
    scheme: text('url.scheme'),
    serverAddress: text('server.address'),
    serverPort: number('server.port'),
    peerAddress: text('network.peer.address'),
    peerPort: number('network.peer.port'),
    userAgent: text('user_agent.original'),
    status: number('http.response.status_code'),
    errorType: text('error.type'),
    exchange: text('tacho.exchange.id'),
  },
  execute_tool: {
    ...EVERYWHERE,
    ...OPERATION,
    name: text('gen_ai.tool.name'),
    callId: text('gen_ai.tool.call.id'),
    command: text('tacho.tool.command'),
    cwd: text('tacho.tool.cwd'),
    path: text('tacho.tool.path'),
    query: text('tacho.tool.query'),
    files: texts('tacho.tool.files'),
    mcpServer: text('tacho.tool.mcp_server'),
    status: text('tacho.tool.status'),
    outcome: text('tacho.tool.outcome'),
    exitCode: number('tacho.tool.exit_code'),
    durationMs: number('tacho.tool.duration_ms'),
    error: text('tacho.tool.error'),
  },
  approval: {
    ...EVERYWHERE,
    id: text('tacho.approval.id'),
    kind: text('tacho.approval.kind'),
    what: text('tacho.approval.what'),
    offered: texts('tacho.approval.offered'),
    reason: text('tacho.approval.reason'),
    cwd: text('tacho.approval.cwd'),
    files: texts('tacho.approval.files'),
    callId: text('gen_ai.tool.call.id'),
    decision: text('tacho.approval.decision'),
    outcome: text('tacho.approval.outcome'),
    decidedBy: text('tacho.approval.decided_by'),
    rule: text('tacho.approval.rule'),
    rationale: text('tacho.approval.rationale'),
    waitMs: number('tacho.approval.wait_ms'),
    isOpen: boolean('tacho.approval.open'),
  },
  cancellation: {
    ...EVERYWHERE,
    origin: text('tacho.cancellation.origin'),
    reason: text('tacho.cancellation.reason'),
    bytes: number('tacho.cancellation.bytes'),
    events: number('tacho.cancellation.events'),
    textLength: number('tacho.cancellation.text_length'),
    outputTokens: number('gen_ai.usage.output_tokens'),
  },
} as const satisfies Record<string, Record<string, SpanAttribute>>

/** The kinds of spans in a session; more may be added. */
export type SpanKind = keyof typeof SPAN_ATTRIBUTES

/** The facts that a span of a kind records; what is unknown is absent. */
export type SpanFacts<Kind extends SpanKind> = {
  -readonly [Fact in keyof (typeof SPAN_ATTRIBUTES)[Kind]]?: ValueOf<
    (typeof SPAN_ATTRIBUTES)[Kind][Fact]
  >
}

type ValueOf<Attribute> =
  Attribute extends SpanAttribute<infer Type> ? AttributeValues[Type] : never

function text(name: string): SpanAttribute<'text'> {
  return { name, type: 'text' }
}

function number(name: string): SpanAttribute<'number'> {
  return { name, type: 'number' }
}

function boolean(name: string): SpanAttribute<'boolean'> {
  return { name, type: 'boolean' }
}

function texts(name: string): SpanAttribute<'texts'> {
  return { name, type: 'texts' }
}
