import { isUuid } from '@tacho/format'
import { type ApprovalAnswered, FaultBarrier, type Recording } from '@tacho/recorder'
import type { LogRecord } from '../../taps/otlp/log-record.js'
import { approvalKind, decidedBy, decisionWord, isApproved } from './otel-decision.js'
import { eventLine } from './otel-line.js'
import { commandOf, exitCodeOf, outputOf, refusalOf, statusOf } from './otel-tool-result.js'
import type { HookQuestions } from './tui/hook-questions.js'
import { replyTo, USER_INPUT } from './tui/user-input.js'
import type { TurnMoments, TurnPlace } from './turn-moments.js'

/**
 * Records what Codex's own log events tell and no other tap sees: decisions of the configuration
 * and of the automated reviewer, and, where there is no JSON-RPC tap, the tools and the user's
 * decisions. What another tap has seen already is left as that tap recorded it.
 */
export class OtelEvents {
  readonly #recording: Recording
  readonly #turns: TurnMoments
  readonly #questions: HookQuestions
  readonly #barrier: FaultBarrier
  /** The calls with a decision, and how many approvals each has from here. */
  readonly #decided = new Map<string, number>()
  readonly #declined = new Set<string>()
  /** The tools that were started here. */
  readonly #started = new Set<string>()

  constructor(options: { recording: Recording; turns: TurnMoments; questions: HookQuestions }) {
    this.#recording = options.recording
    this.#turns = options.turns
    this.#questions = options.questions
    this.#barrier = new FaultBarrier((part, cause) =>
      options.recording.log('error', 'tacho', `${part}: ${String(cause)}`),
    )
  }

  /** Takes the events of one export, in their order. Never throws. */
  take(events: readonly LogRecord[]): void {
    const commands = new Map<string, string>()
    this.#barrier.do('the OTLP receiver', () => {
      for (const event of events) {
        const command = commandOf(event)
        if (command !== undefined) commands.set(textOf(event, 'call_id'), command)
      }
    })
    for (const event of events) {
      this.#barrier.do('the OTLP receiver', () => this.#takeOne(event, commands))
    }
  }

  #takeOne(event: LogRecord, commands: ReadonlyMap<string, string>): void {
    const name = textOf(event, 'event.name')
    const callId = textOf(event, 'call_id')
    const threadId = textOf(event, 'conversation.id')
    this.#recording.log('debug', 'codex', eventLine(event))
    // Codex gives its threads UUIDs; another id is none of its.
    if (callId === '' || !isUuid(threadId)) return
    // An event from the future would make spans that have not ended yet.
    const at = Math.min(event.at || Number.POSITIVE_INFINITY, this.#recording.now())
    const call: Call = {
      callId,
      at,
      tool: textOf(event, 'tool_name'),
      command: commands.get(callId),
    }
    if (name === 'codex.tool_decision') {
      this.#within(threadId, at, (place) => this.#decision(event, call, place))
    } else if (name === 'codex.tool_result') {
      this.#within(threadId, at, (place) => this.#result(event, call, place))
    }
  }

  #within(threadId: string, at: number, work: (place: TurnPlace) => void): void {
    const place = this.#turns.at(threadId, at) ?? this.#unheardOf(threadId)
    place.session.onceIdKnown(() => work(place))
  }

  // Without the HTTP tap these events are the first that is heard of a session.
  #unheardOf(threadId: string): TurnPlace {
    return { session: this.#recording.session(threadId), conversation: { threadId } }
  }

  #decision(event: LogRecord, call: Call, place: TurnPlace): void {
    const source = textOf(event, 'source')
    const decision = textOf(event, 'decision')
    const own = this.#decided.get(call.callId) ?? 0
    const { approvals } = place.session
    // An elicitation of an MCP server names no call there, and is the same approval all the same.
    const isSeenElsewhere =
      approvals.countOf(call.callId) > own || (source === 'User' && approvals.areAskedOverJsonRpc)
    this.#decided.set(call.callId, own)
    const answer = { decision: decisionWord(decision), decidedBy: decidedBy(source, decision) }
    const isAnswer = this.#questions.decided(call.callId, { ...answer, at: call.at })
    // The JSON-RPC tap sees who is asked and for how long; the configuration asks nobody.
    if (!isAnswer && source !== 'Config' && isSeenElsewhere) return
    if (isApproved(decision)) this.#start(call, place)
    else this.#declined.add(call.callId)
    if (isAnswer) return
    this.#approval(call, place, { ...answer, isWaitUnknown: source !== 'Config' })
  }

  /** A tool starts when it may run: one that runs for long is in flight from then on. */
  #start({ callId, at, tool, command }: Call, { session, conversation }: TurnPlace): void {
    if (session.tools.spanIdOf(callId) !== undefined) return
    session.tools.start({
      callId,
      name: tool,
      conversation,
      at,
      attributes: command === undefined ? {} : { 'tacho.tool.command': command },
    })
    this.#started.add(callId)
  }

  #approval(
    { callId, at, tool, command }: Call,
    { session, conversation }: TurnPlace,
    answer: Omit<ApprovalAnswered, 'at'>,
  ): void {
    const id = `otel ${callId} ${at}`
    const isNew = session.approvals.asked({
      tap: 'log-events',
      id,
      kind: approvalKind(tool),
      what: command ?? tool,
      offered: [],
      callId,
      conversation,
      at,
    })
    if (isNew) this.#decided.set(callId, (this.#decided.get(callId) ?? 0) + 1)
    session.approvals.answered('log-events', id, { ...answer, at })
  }

  #result(event: LogRecord, call: Call, place: TurnPlace): void {
    const { session, conversation } = place
    const { callId, at } = call
    if (call.tool === USER_INPUT)
      this.#questions.replied(callId, { decision: replyTo(outputOf(event)), at })
    const refusal = this.#decided.has(callId) ? undefined : refusalOf(event)
    const duration = Number(event.attributes.get('duration_ms') ?? 0)
    const startedAt = at - Math.max(0, Number.isFinite(duration) ? duration : 0) * 1000
    if (!this.#isOurs(callId)) this.#start({ ...call, at: startedAt }, place)
    if (!this.#isOurs(callId)) return
    if (refusal !== undefined) {
      const answer = { decision: 'decline', decidedBy: 'rule', rationale: refusal } as const
      this.#approval(call, place, answer)
      this.#declined.add(callId)
    }
    const exitCode = exitCodeOf(event)
    session.toolEnded(callId, conversation, at, {
      'tacho.tool.status': this.#declined.has(callId) ? 'declined' : statusOf(event),
      'tacho.tool.duration_ms': (at - startedAt) / 1000,
      ...(exitCode !== undefined && { 'tacho.tool.exit_code': exitCode }),
      ...(call.command !== undefined && { 'tacho.tool.command': call.command }),
    })
    this.#started.delete(callId)
    this.#questions.toolEnded(callId)
  }

  /** Whether nobody else tells of its end: it was started here, or by a hook. */
  #isOurs(callId: string): boolean {
    return this.#started.has(callId) || this.#questions.isRunning(callId)
  }
}

/** A tool call as an event tells it. */
type Call = { callId: string; at: number; tool: string; command: string | undefined }

function textOf({ attributes }: LogRecord, name: string): string {
  const value = attributes.get(name)
  return typeof value === 'string' ? value : ''
}
