import { memberOf } from '../../api/plain.js'
import { kept, tell, words, wordsIn } from '../../api/tell.js'
import { currentPlace, placeStorage } from '../../api/within.js'
import type { HostRecording } from '../../register/host-recording.js'
import type { Turns } from './turns.js'

const PART = 'the integration of the AI SDK'

/** Callbacks that the SDK calls; both versions keep an array of them under this name. */
type Listener = Record<string, (event: unknown) => unknown>
type Shared = { AI_SDK_TELEMETRY_INTEGRATIONS?: unknown[] }

/** Listens to all of the SDK's calls in this process that name no listeners of their own. */
export function listenToAll(host: HostRecording, turns: Turns): void {
  const shared = globalThis as Shared
  shared.AI_SDK_TELEMETRY_INTEGRATIONS ??= []
  shared.AI_SDK_TELEMETRY_INTEGRATIONS.push(listener(host, turns))
}

/** Adds our listener to the options of a version 7 call that names its own. */
export function withListener(options: object, ours: Listener): object {
  const telemetry = memberOf(options, 'telemetry')
  const own = memberOf(telemetry, 'integrations')
  if (own === undefined || own === null) return options
  const integrations = [...(Array.isArray(own) ? own : [own]), ours]
  return { ...options, telemetry: { ...(telemetry as object), integrations } }
}

/** Records tool calls and the ends of calls; versions 6 and 7 use different names for them. */
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

/** Version 7 runs a tool in here, so its requests belong to it. */
function within(host: HostRecording, { toolCallId, execute }: Execution): unknown {
  if (typeof toolCallId !== 'string') return execute()
  return placeStorage(host).run({ ...currentPlace(), within: toolCallId }, execute)
}
