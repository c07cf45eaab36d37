import { memberOf } from '../../api/plain.js'
import { kept, tell, words, wordsIn } from '../../api/tell.js'
import { currentPlace, placeStorage } from '../../api/within.js'
import type { HostRecording } from '../../register/host-recording.js'
import type { Turns } from './turns.js'

const PART = 'the integration of the AI SDK'

/** What the SDK calls as it goes on; an array of them stands under this name in both versions. */
type Listener = Record<string, (event: unknown) => unknown>
type Shared = { AI_SDK_TELEMETRY_INTEGRATIONS?: unknown[] }

/** Has every call of the SDK's in this process tell, where it names no listeners of its own. */
export function listenToAll(host: HostRecording, turns: Turns): void {
  const shared = globalThis as Shared
  shared.AI_SDK_TELEMETRY_INTEGRATIONS ??= []
  shared.AI_SDK_TELEMETRY_INTEGRATIONS.push(listener(host, turns))
}

/** Options of one call in version 7, with a listener beside those that they name. */
export function withListener(options: object, ours: Listener): object {
  const telemetry = memberOf(options, 'telemetry')
  const own = memberOf(telemetry, 'integrations')
  if (own === undefined || own === null) return options
  const integrations = [...(Array.isArray(own) ? own : [own]), ours]
  return { ...options, telemetry: { ...(telemetry as object), integrations } }
}

/** Tools, and the ends of calls: by version 6 under other names than by version 7. */
export function listener(host: HostRecording, turns: Turns): Listener {
  const safely = (work: (event: unknown) => void) => (event: unknown) =>
    host.barrier.do(PART, () => work(event))
  const ended = safely((event) => turns.callEnded(event))
  return {
    onStart: safely(() => turns.callStarted()),
    onFinish: ended,
    onEnd: ended,
    onAbort: safely(() =>
      turns.callEnded(undefined, { cause: new DOMException('', 'AbortError') }),
    ),
    onError: safely((event) => turns.callEnded(undefined, { cause: memberOf(event, 'error') })),
    onToolCallStart: safely((event) => toolStarted(host, event)),
    onToolExecutionStart: safely((event) => toolStarted(host, event)),
    onToolCallFinish: safely((event) => toolEnded(host, event, errorOf(event))),
    onToolExecutionEnd: safely((event) =>
      toolEnded(host, event, errorOf(memberOf(event, 'toolOutput'))),
    ),
    executeTool: (options) => within(host, options as Execution),
  }
}

function toolStarted(host: HostRecording, event: unknown): void {
  const call = memberOf(event, 'toolCall')
  tell(host, 'tool-started', () => ({
    ...currentPlace(),
    within: undefined,
    callId: wordsIn(call, 'toolCallId') ?? '',
    name: wordsIn(call, 'toolName') ?? 'tool',
    input: kept(memberOf(call, 'input')),
  }))
}

function toolEnded(host: HostRecording, event: unknown, error: string | undefined): void {
  tell(host, 'tool-ended', () => ({
    ...currentPlace(),
    within: undefined,
    callId: wordsIn(memberOf(event, 'toolCall'), 'toolCallId') ?? '',
    outcome: error === undefined ? ('completed' as const) : ('failed' as const),
    error,
    exitCode: undefined,
  }))
}

function errorOf(end: unknown): string | undefined {
  const error = memberOf(end, 'error')
  if (error === undefined) return undefined
  return wordsIn(error, 'message') ?? words(error)
}

type Execution = { toolCallId?: unknown; execute: () => unknown }

/** In version 7 a tool runs in here: what it requests belongs to it. */
function within(host: HostRecording, { toolCallId, execute }: Execution): unknown {
  if (typeof toolCallId !== 'string') return execute()
  return placeStorage(host).run({ ...currentPlace(), within: toolCallId }, execute)
}
