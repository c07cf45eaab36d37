import type { Conversation } from '../conversation.js'
import type { Observation, Observed } from '../observation.js'
import type { ApprovalAnswered } from '../session/approvals.js'
import type { SessionReducer } from '../session/session-reducer.js'
import type { ToolFacts } from '../session/tools.js'
import { argumentsOf, commandLine } from './called-tool.js'
import { approvalKind, decidedBy, decisionOutcome, decisionWord, isApproved } from './decisions.js'
import type { HookQuestions } from './hook-questions.js'
import type { JsonRpcReducer } from './json-rpc.js'
import { exitCodeOf, refusalOf } from './tool-results.js'
import { replyTo, USER_INPUT } from './user-input.js'
import { text } from './values.js'

/** A tool call as an event reports it. */
type Call = { callId: string; tool: string; at: number; conversation: Conversation }

type EventAttributes = Observed<'log-event'>['attributes']

type Others = { questions: HookQuestions; jsonRpc: JsonRpcReducer }

/**
 * Reduces what only Codex's own log events report: decisions by the configuration and the automated
 * reviewer and, if there is no JSON-RPC tap, the tools and the user's decisions. What another tap
 * has already seen stays as that tap reported it.
 */
export class LogEventReducer {
  readonly #session: SessionReducer
  readonly #others: Others
  /** How many approvals of each call were added here. */
  readonly #decided = new Map<string, number>()
  readonly #declined = new Set<string>()
  /** When each thread asks its user, by its configuration. */
  readonly #policies = new Map<string, string>()

  constructor(session: SessionReducer, others: Others) {
    this.#session = session
    this.#others = others
  }

  observe(observation: Observation): void {
    if (observation.kind === 'hook') this.#policyNow(observation)
    if (observation.kind !== 'log-event') return
    const { name, attributes } = observation
    const threadId = textOf(attributes, 'conversation.id')
    if (name === 'codex.conversation_starts') {
      this.#policies.set(threadId, textOf(attributes, 'approval_policy'))
      return
    }
    const call = this.#callOf(observation, threadId)
    if (call === undefined) return
    if (name === 'codex.tool_decision') this.#decision(call, attributes)
    if (name === 'codex.tool_result') this.#result(call, attributes)
  }

  // The user can change the policy while the TUI runs. In hooks, Codex 0.169 knows two modes: one
  // if the policy is never to ask, and one for all others.
  #policyNow({ message }: Observed<'hook'>): void {
    const thread = text(message.agent_id) ?? text(message.session_id)
    const mode = text(message.permission_mode)
    if (thread === undefined || mode === undefined) return
    if (mode === 'bypassPermissions') this.#policies.set(thread, 'never')
    else if (this.#policies.get(thread) === 'never') this.#policies.delete(thread)
  }

  #callOf(seen: Observed<'log-event'>, threadId: string): Call | undefined {
    const { attributes, happenedAt = seen.at } = seen
    const callId = textOf(attributes, 'call_id')
    if (callId === '' || threadId === '') return undefined
    // An event from the future would make spans that have not ended yet.
    const at = Math.min(happenedAt, seen.at)
    const tool = textOf(attributes, 'tool_name')
    this.#session.tools.learn(callId, toolFacts(tool, attributes))
    return { callId, tool, at, conversation: this.#session.turns.at(threadId, at) }
  }

  #decision(call: Call, attributes: EventAttributes): void {
    const { approvals } = this.#session
    const source = textOf(attributes, 'source')
    const decision = textOf(attributes, 'decision')
    const answer = {
      decision: decisionWord(decision),
      outcome: decisionOutcome(decision),
      decidedBy: decidedBy(source, decision),
      at: call.at,
    }
    const own = this.#decided.get(call.callId) ?? 0
    const isAnswer = this.#others.questions.decided(call.callId, answer)
    const isSeenElsewhere =
      approvals.countOf(call.callId) > own ||
      (source === 'User' && (this.#others.jsonRpc.isHeard || !this.#canAsk(call.conversation)))
    if (!isApproved(decision)) this.#declined.add(call.callId)
    // The JSON-RPC tap reports its tools itself.
    else if (isAnswer || !this.#others.jsonRpc.isHeard) this.#start(call)
    if (isAnswer || isSeenElsewhere) return
    // The configuration asks nobody: what it allows has no approval, and what it refuses was
    // refused.
    if (source === 'Config' && isApproved(decision)) return
    this.#approval(call, { ...answer, isWaitUnknown: source !== 'Config' })
  }

  /**
   * Returns whether a user can be asked in a thread: not in `exec`, nor if the policy is never to
   * ask.
   */
  #canAsk({ threadId }: Conversation): boolean {
    return this.#session.run?.command !== 'exec' && this.#policies.get(threadId ?? '') !== 'never'
  }

  /** Starts a tool when it may run, so that a long one is in flight from then on. */
  #start({ callId, at, conversation }: Call): void {
    this.#session.tools.start(callId, conversation, at)
  }

  #approval(call: Call, answer: Omit<ApprovalAnswered, 'at'>): void {
    const { approvals, tools } = this.#session
    const { callId, at, tool, conversation } = call
    const count = (this.#decided.get(callId) ?? 0) + 1
    this.#decided.set(callId, count)
    const { command, mcpServer, files, name } = tools.factsOf(callId)
    const key = `log-events ${callId} ${count}`
    approvals.asked(key, `otel ${callId} ${at}`, {
      kind: approvalKind(tool, mcpServer !== undefined),
      what: command ?? (files?.length ? files.join(', ') : (name ?? tool)),
      files,
      callId,
      conversation,
      at,
    })
    approvals.answered(key, { ...answer, at })
  }

  #result(call: Call, attributes: EventAttributes): void {
    const { callId, at, conversation, tool } = call
    const { approvals, tools } = this.#session
    const output = textOf(attributes, 'output')
    if (tool === USER_INPUT)
      this.#others.questions.replied(callId, { decision: replyTo(output), at })
    // Another tap reports its end, if it has not already.
    if (this.#others.jsonRpc.isHeard && tools.hasStarted(callId)) return
    const isSuccess = String(attributes.success) === 'true'
    // If there was a decision, what the model was told only repeats it.
    const isDecided = this.#declined.has(callId) || approvals.countOf(callId) > 0
    const refusal = isSuccess || isDecided ? undefined : refusalOf(output)
    const duration = Number(attributes.duration_ms ?? Number.NaN)
    const startedAt = at - (duration > 0 ? Math.round(duration * 1000) : 0)
    if (!tools.hasStarted(callId)) this.#start({ ...call, at: startedAt })
    if (refusal?.by === 'rule')
      this.#approval(call, {
        decision: 'decline',
        outcome: 'denied',
        decidedBy: 'rule',
        rationale: refusal.words,
      })
    if (refusal !== undefined) this.#declined.add(callId)
    const exitCode = exitCodeOf(output)
    const isCompleted = isSuccess && (exitCode ?? 0) === 0
    const became = this.#declined.has(callId) ? 'declined' : isCompleted ? 'completed' : 'failed'
    this.#session.toolEnded(callId, conversation, at, {
      status: became,
      outcome: became,
      exitCode,
      durationMs: duration >= 0 ? duration : undefined,
      error: refusal?.by === 'policy' ? refusal.words : undefined,
    })
  }
}

/** Returns what the event says about its tool: of its arguments, the command alone. */
function toolFacts(tool: string, attributes: EventAttributes): ToolFacts {
  const { cmd, command } = argumentsOf(textOf(attributes, 'arguments'))
  const server = textOf(attributes, 'mcp_server')
  const isMcp = server !== ''
  return {
    name: isMcp && !tool.startsWith(`${server}.`) ? `${server}.${tool}` : tool || undefined,
    ...(!isMcp && { command: commandLine(cmd ?? command) }),
    mcpServer: isMcp ? server : undefined,
  }
}

function textOf(attributes: EventAttributes, name: string): string {
  const value = attributes[name]
  return typeof value === 'string' ? value : ''
}
