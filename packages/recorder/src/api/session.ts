import type { HostPlace } from '@tacho/format'
import { newSpanId } from '../ids.js'
import { type HostRecording, hostRecording } from '../register/host-recording.js'
import { follow, type Given, unfollowed } from './follow.js'
import type {
  ApprovalQuestion,
  CancellationRequest,
  HostSession,
  RunningTurn,
  ToolOptions,
  TurnOptions,
} from './host-session.js'
import { isSignal, OpenTurn, type TurnStart } from './open-turn.js'
import { memberOf, plainOf } from './plain.js'
import { silentLogger } from './session-logger.js'
import { kept, tell, words, wordsIn } from './tell.js'
import { currentPlace, placeStorage } from './within.js'

type Work<Result> = (turn: RunningTurn) => Result

/**
 * Records what this program says about its session.
 *
 * @example
 * import { session } from 'tacho'
 *
 * const answer = await session.turn('greeter', async () => {
 *   session.note('asked for a greeting')
 *   return session.tool('shell', { command: 'whoami' }, async () => 'ada')
 * })
 */
export const session: HostSession = {
  get id() {
    return hostRecording()?.sessionId
  },

  get log() {
    return hostRecording()?.logger() ?? silentLogger
  },

  turn<Result>(
    first: string | TurnOptions | undefined | Work<Result>,
    second?: Work<Result>,
  ): Given<Result> {
    const work = second ?? (first as Work<Result>)
    const host = hostRecording()
    if (host === undefined) return unfollowed(() => work(NOWHERE))
    const options = second === undefined ? undefined : (first as TurnOptions)
    return turn(host, readOptions(options), work)
  },

  tool<Result>(
    name: string,
    input: unknown,
    work: () => Result,
    options?: ToolOptions,
  ): Given<Result> {
    const host = hostRecording()
    if (host === undefined) return unfollowed(work)
    return tool(host, { name, input, callId: wordsIn(options, 'callId') ?? newSpanId() }, work)
  },

  approval(question) {
    const host = hostRecording()
    return host === undefined ? nothing : approval(host, question)
  },

  cancellation(request) {
    const host = hostRecording()
    return host === undefined ? nothing : cancellation(host, request)
  },

  note(note, details) {
    const place = currentPlace()
    tell(hostRecording(), 'note', () => ({
      ...place,
      note: words(note),
      details: kept(details),
    }))
  },
}

const NOWHERE: RunningTurn = { id: '' }

function nothing(): void {}

function turn<Result>(host: HostRecording, options: TurnStart, work: Work<Result>): Given<Result> {
  const open = new OpenTurn(host, options)
  return open.run(() =>
    follow(
      () => work({ id: open.place.turnId }),
      (ending) => open.end(ending),
    ),
  )
}

function tool<Result>(
  host: HostRecording,
  call: { name: string; input: unknown; callId: string },
  work: () => Result,
): Given<Result> {
  const above = currentPlace()
  const { callId, name, input } = call
  tell(host, 'tool-started', () => ({ ...above, callId, name: words(name), input: kept(input) }))
  return inPlace(host, { ...above, within: callId }, () =>
    follow(work, ({ outcome, error }) =>
      tell(host, 'tool-ended', () => ({ ...above, callId, outcome, error, exitCode: undefined })),
    ),
  )
}

function approval(
  host: HostRecording,
  question: ApprovalQuestion,
): ReturnType<HostSession['approval']> {
  const place = currentPlace()
  const approvalId = newSpanId()
  tell(host, 'approval-asked', () => ({
    ...place,
    approvalId,
    approvalKind: wordsIn(question, 'kind') ?? 'tool',
    what: wordsIn(question, 'what') ?? '',
    reason: wordsIn(question, 'reason'),
    offered: listIn(question, 'offered'),
    callId: wordsIn(question, 'callId') ?? place.within,
  }))
  let isAnswered = false
  return (outcome, answer) => {
    if (isAnswered) return
    isAnswered = true
    tell(host, 'approval-answered', () => ({
      approvalId,
      outcome: words(outcome),
      decision: wordsIn(answer, 'decision'),
      decidedBy: wordsIn(answer, 'decidedBy'),
      rule: wordsIn(answer, 'rule'),
      rationale: wordsIn(answer, 'rationale'),
    }))
  }
}

function cancellation(host: HostRecording, request: CancellationRequest): () => void {
  const place = currentPlace()
  const cancellationId = newSpanId()
  tell(host, 'cancellation-requested', () => {
    const turnId = wordsIn(memberOf(request, 'turn'), 'id')
    return {
      ...(turnId === undefined ? place : { turnId }),
      cancellationId,
      origin: wordsIn(request, 'origin') ?? 'host',
      reason: wordsIn(request, 'reason') ?? '',
    }
  })
  return () => tell(host, 'cancellation-ended', () => ({ cancellationId }))
}

/** Reads whatever the host passed: an option that cannot be read counts as absent. */
function readOptions(given: string | TurnOptions | undefined): TurnStart {
  if (typeof given === 'string') return { name: given, thread: undefined, signal: undefined }
  const signal = memberOf(given, 'signal')
  return {
    name: wordsIn(given, 'name'),
    thread: wordsIn(given, 'thread'),
    signal: isSignal(signal) ? signal : undefined,
  }
}

function listIn(value: unknown, name: string): string[] | undefined {
  const list = plainOf(memberOf(value, name))
  return Array.isArray(list) ? list.map(words) : undefined
}

function inPlace<Result>(host: HostRecording, place: HostPlace, work: () => Result): Result {
  return placeStorage(host).run(place, work)
}
