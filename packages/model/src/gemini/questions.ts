import { record, text } from '../codex/values.js'
import type { Conversation } from '../conversation.js'
import type { Observation, Observed } from '../observation.js'
import type { ApprovalOutcome } from '../parts/approval.js'
import type { ApprovalAnswered, ApprovalAsked } from '../session/approvals.js'
import { HeldTurns } from '../session/held-turns.js'
import type { SessionReducer } from '../session/session-reducer.js'
import { callThatRan } from './call-that-ran.js'

/** A call by the model whose end has not been reported. */
type Call = {
  id: string
  name: string
  input: string
  exchange: string
  conversation: Conversation
  /** When Gemini CLI's policy was checked for it. */
  checks: number[]
  /** When its tool began to run. */
  ranAt: number | undefined
  /** Set if it was reported to be allowed before it was reported to have run. */
  allowed: Allowed | undefined
  /** Set if it was not allowed to run. */
  refused: Refused | undefined
}

type Allowed = { word: string | undefined; at: number }

type Refused = {
  at: number
  /** Known once it is seen whether the turn goes on. */
  outcome: ApprovalOutcome | undefined
  /** Set once the refusal was reported, with this word. */
  word: { decision: string | undefined } | undefined
}

/**
 * What the user of Gemini CLI (0.61) is asked in its TUI. The debug log reports two policy checks
 * for a call that it asks about, the second for the dialog, and one for any other call. Telemetry
 * reports the decision once the call is over, with the same word for a rule's yes and the user's.
 * So a question is only reported together with its answer: whether one is still open is unknown.
 */
export class GeminiQuestions {
  readonly #session: SessionReducer
  #calls: Call[] = []
  /** Gemini CLI's own id; `/clear` starts another conversation. */
  #conversation: string | undefined
  /** When a turn last asked its model. */
  readonly #lastRequest = new Map<string, number>()
  /** The latest turn of each thread. */
  readonly #lastTurn = new Map<string, string>()
  readonly #held: HeldTurns
  /** Refused calls for which it is not known yet whether their turn goes on. */
  #refusals: { conversation: Conversation; settle: () => void }[] = []

  constructor(session: SessionReducer) {
    this.#session = session
    this.#held = new HeldTurns(session)
  }

  observe(observation: Observation): void {
    if (observation.kind === 'tool-called') {
      const { callId: id, name, input, exchange, conversation } = observation
      const call = { id, name, input, exchange, conversation, checks: [] }
      this.#calls.push({ ...call, ranAt: undefined, allowed: undefined, refused: undefined })
    } else if (observation.kind === 'exchange-started') {
      const { turnId } = observation.conversation
      if (turnId !== undefined) this.#lastRequest.set(turnId, observation.at)
    } else if (observation.kind === 'log-event') {
      if (observation.name === 'policy_check') this.#checked(observation)
      else if (observation.name === 'tool_call') this.#ran(observation)
      else if (observation.name === 'schedule_tool_calls') this.#areOver(observation)
      else if (observation.name === 'gemini_cli.tool_call') this.#decided(observation)
      this.#releaseTold()
    } else if (observation.kind === 'run-ended') this.#endAll()
  }

  /**
   * A turn begins, so the one before it in the same thread has not gone on. If that turn asked
   * something and Gemini CLI has not reported the answer yet, the user may just have refused: it is
   * kept open until that is known.
   */
  turnBegins({ threadId, turnId }: Conversation, at: number): void {
    if (threadId === undefined || turnId === undefined) return
    if (this.#lastTurn.get(threadId) === turnId) return
    this.#lastTurn.set(threadId, turnId)
    for (const { conversation, settle } of this.#refusals)
      if (conversation.threadId === threadId) settle()
    for (const call of this.#calls)
      if (call.conversation.threadId === threadId && isUntold(call))
        this.#held.hold(call.conversation, at + TOLD_MICROSECONDS)
  }

  /** Releases the turns whose questions are all settled. */
  #releaseTold(): void {
    this.#held.releaseWhere((turnId) => {
      const isOf = ({ conversation }: { conversation: Conversation }) =>
        conversation.turnId === turnId
      return !this.#calls.some((call) => isOf(call) && isUntold(call)) && !this.#refusals.some(isOf)
    })
  }

  /**
   * Settles what is left: every decision has been reported by now, except those lost with the
   * agent.
   */
  #endAll(): void {
    for (const { settle } of this.#refusals) settle()
    for (const call of this.#calls) {
      if (call.allowed !== undefined) this.#allow(call, call.allowed)
      else if (call.ranAt !== undefined) this.#settle(call, { outcome: 'allowed', at: call.ranAt })
      else if (call.refused !== undefined) this.#told(call, { decision: undefined })
    }
    this.#calls = []
  }

  #checked({ at, happenedAt = at, attributes }: Observed<'log-event'>): void {
    const named = this.#calls.filter(({ name }) => name === attributes.tool_name)
    const args = canonical(text(attributes.args) ?? '')
    const same = named.filter(({ input }) => args !== undefined && canonical(input) === args)
    const candidates = same.length > 0 ? same : named
    const least = Math.min(...candidates.map(({ checks }) => checks.length))
    candidates.find(({ checks }) => checks.length === least)?.checks.push(happenedAt)
  }

  #ran({ at, happenedAt = at, attributes }: Observed<'log-event'>): void {
    const waiting = this.#calls.filter(({ ranAt }) => ranAt === undefined)
    const call = callThatRan(attributes, waiting)
    if (call === undefined) return
    this.#conversation = text(attributes['conversation.id'])
    call.ranAt = happenedAt - Math.round(Number(attributes.duration_ms) * 1000)
    if (call.allowed === undefined) return
    this.#calls = this.#calls.filter((one) => one !== call)
    this.#allow(call, call.allowed)
  }

  #decided({ at: toldAt, happenedAt = toldAt, attributes }: Observed<'log-event'>): void {
    // A command may run a Gemini CLI of its own, which reports its calls, too.
    if (attributes['session.id'] !== (this.#conversation ?? attributes['session.id'])) return
    const named = this.#calls.filter(({ name }) => name === attributes.function_name)
    const isSuccess = String(attributes.success) === 'true'
    const word = text(attributes.decision)
    const isStopped = !isSuccess && (word === 'reject' || word === undefined)
    const left = named.filter(({ allowed }) => allowed === undefined)
    const call =
      left.find(({ ranAt }) => (ranAt !== undefined) !== isStopped) ??
      left.find(({ refused }) => refused === undefined)
    if (call === undefined) return
    if (call.ranAt === undefined && !isStopped) {
      // Its log events, which it sends every five seconds, can overtake the span of the tool.
      call.allowed = { word, at: happenedAt }
      return
    }
    this.#calls = this.#calls.filter((one) => one !== call)
    if (call.ranAt !== undefined) this.#allow(call, { word, at: call.ranAt })
    else {
      this.#refuse(call, { at: happenedAt, toldAt })
      this.#told(call, { decision: word })
    }
  }

  #allow(call: Call, { word, at }: Allowed): void {
    // Gemini CLI has no word for allowing something for good: it says `reject`, and runs the tool.
    const [decision, outcome] = word === 'reject' ? [undefined, SAVED] : [word, outcomeOf(word)]
    this.#settle(call, { decision, outcome, at: call.ranAt ?? at })
  }

  /** All calls of an answer are over: a tool that has not run was not allowed to. */
  #areOver({ at: toldAt, happenedAt = toldAt, attributes }: Observed<'log-event'>): void {
    // The times of its checks are in whole milliseconds.
    const since = happenedAt - Math.round(Number(attributes.duration_ms) * 1000) - 1000
    for (const call of this.#calls) {
      const [first = 0] = call.checks
      if (call.ranAt === undefined && first >= since && first <= happenedAt)
        this.#refuse(call, { at: happenedAt, toldAt })
    }
  }

  /** The user refused: what follows shows whether the turn goes on. */
  #refuse(call: Call, { at, toldAt }: { at: number; toldAt: number }): void {
    if (!wasAsked(call) || call.refused !== undefined) return
    const { conversation, id } = call
    const refused: Refused = { at, outcome: undefined, word: undefined }
    call.refused = refused
    this.#session.toolEnded(id, conversation, at, { outcome: 'declined' })
    const settle = () => {
      callOff()
      this.#refusals = this.#refusals.filter((one) => one !== refusal)
      const hasGoneOn = (this.#lastRequest.get(conversation.turnId ?? '') ?? 0) >= at
      refused.outcome = hasGoneOn ? 'denied' : 'cancelled'
      if (!hasGoneOn) this.#stopped(conversation, at)
      if (refused.word !== undefined) this.#told(call, refused.word)
    }
    const refusal = { conversation, settle }
    const due = Math.max(toldAt, at + GOING_ON_MICROSECONDS)
    const callOff = this.#session.deadlines.at(due, settle)
    this.#refusals.push(refusal)
    const last = this.#lastTurn.get(conversation.threadId ?? '')
    if (last !== undefined && last !== conversation.turnId) settle()
  }

  #stopped(conversation: Conversation, at: number): void {
    const { cancellations } = this.#session
    cancellations.request({ origin: 'approval', reason: 'not allowed', conversation, at })
    this.#session.turnEnded(conversation, 'interrupted', at)
  }

  /**
   * The word for a refusal has come. It is complete once it is also known whether the turn goes on.
   */
  #told(call: Call, word: { decision: string | undefined }): void {
    const { refused } = call
    if (refused === undefined) return
    refused.word = word
    const { at, outcome } = refused
    if (outcome !== undefined) this.#settle(call, { ...word, outcome, at })
  }

  #settle(call: Call, answer: Omit<ApprovalAnswered, 'decidedBy'>): void {
    const { approvals } = this.#session
    const askedAt = call.checks.at(call.name === USER_INPUT ? 0 : 1)
    if (!wasAsked(call) || askedAt === undefined) return
    // Some tools still have nothing to ask and run at once: nobody answers that fast.
    if (call.ranAt !== undefined && call.ranAt - askedAt < SHOWN_MICROSECONDS) return
    const id = `gemini ${call.id}`
    const { conversation } = call
    approvals.asked(id, id, { ...questionOf(call), callId: call.id, conversation, at: askedAt })
    const isAnswered = call.name === USER_INPUT && answer.outcome === 'allowed'
    approvals.answered(id, {
      ...answer,
      ...(isAnswered && { outcome: 'answered' }),
      decidedBy: 'user',
      isWaitUnknown: this.#isWaitUnknown(call),
    })
  }

  #isWaitUnknown(call: Call): boolean {
    // When it began to run was not reported.
    if (call.ranAt === undefined) return call.allowed !== undefined
    // Calls of one answer run once all of them may, so when each was answered is unknown.
    return this.#hadCompany(call)
  }

  /** Returns whether more than one call of its answer was asked about. */
  #hadCompany({ exchange }: Call): boolean {
    this.#asked.set(exchange, (this.#asked.get(exchange) ?? 0) + 1)
    const others = this.#calls.filter((one) => one.exchange === exchange && wasAsked(one))
    return others.length > 0 || (this.#asked.get(exchange) ?? 0) > 1
  }

  /** How many questions about calls of an exchange have been answered. */
  readonly #asked = new Map<string, number>()
}

/** The tool by which the model itself asks the user. */
const USER_INPUT = 'ask_user'

/** After a `no` the turn either goes on with a request or is over. */
const GOING_ON_MICROSECONDS = 1_500_000

/**
 * Gemini CLI reports the end of a call within a tenth of a second, and in log events within five
 * seconds.
 */
const TOLD_MICROSECONDS = 6_000_000

/** A dialog appears after some tens of milliseconds, and then somebody has to press a key. */
const SHOWN_MICROSECONDS = 100_000

const SAVED: ApprovalOutcome = 'allowed-with-rule'

function outcomeOf(word: string | undefined): ApprovalOutcome {
  return word === 'auto_accept' ? 'allowed-for-session' : 'allowed'
}

function wasAsked({ name, checks }: Call): boolean {
  return name === USER_INPUT || checks.length > 1
}

/** Returns whether the user was asked about a call and the outcome is still unknown. */
function isUntold(call: Call): boolean {
  const { ranAt, allowed, refused } = call
  return wasAsked(call) && ranAt === undefined && allowed === undefined && refused === undefined
}

function questionOf({ name, input }: Call): Pick<ApprovalAsked, 'kind' | 'what' | 'files'> {
  const args = record(parsed(input))
  const command = text(args.command)
  if (command !== undefined) return { kind: 'command', what: command }
  const file = text(args.file_path)
  if (file !== undefined) return { kind: 'file-change', what: file, files: [file] }
  if (name === USER_INPUT) return { kind: 'user-input', what: questionsIn(args) }
  const what = text(args.prompt) ?? text(args.query) ?? text(args.url)
  return { kind: 'permissions', what: what === undefined ? name : `${name} ${what}` }
}

function questionsIn({ questions }: Record<string, unknown>): string {
  const all = Array.isArray(questions) ? questions : []
  return all.flatMap((one) => text(record(one).question) ?? []).join('\n')
}

/**
 * Returns the same text for equal JSON, whatever the order of members; undefined if it is not JSON.
 */
function canonical(json: string): string | undefined {
  const value = parsed(json)
  return value === undefined ? undefined : JSON.stringify(sorted(value))
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(members.map(([name, one]) => [name, sorted(one)]))
}
