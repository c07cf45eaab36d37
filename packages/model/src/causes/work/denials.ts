import type { Approval } from '../../parts/approval.js'
import type { Tool } from '../../parts/tool.js'
import { both } from '../both.js'
import type { Cause } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { countWords, quoted, shortText } from '../words.js'
import { isReader } from './readers.js'
import { toldOfCall } from './told-of-call.js'
import { calledWords, ownWords, saidBy, type ToolResult } from './tool-results.js'
import { exitCodeIn } from './went-wrong.js'

// What a system says if Landlock, seccomp, Seatbelt or a mount keeps a program from something, and
// what agents make of it.
const SANDBOX =
  /<sandbox_violations>|\b(?:sandbox[- ]?(?:denied|error|violation)|(?:denied|blocked|forbidden|not allowed|rejected) by (?:the )?sandbox|failed in sandbox|sandbox-exec: .{0,200}deny|sandbox_apply|deny\(\d+\) |landlock: .{0,80}denied|bwrap: |seccomp: .{0,80}(?:denied|blocked)|may only .{0,60} allowed working director)|\bblocked-by-(?:allow|deny)list\b|host_not_allowed|\bNotCapable\b|\bERR_ACCESS_DENIED\b|\bUse --allow-\w/i
// The same, worded freely.
const SANDBOX_SAID = both(
  String.raw`\bsandbox(?:ed)?\b|\bseatbelt\b|\blandlock\b|\bfirejail\b`,
  String.raw`\bdenie[ds]\b|block|forbid|not (?:allowed|permitted)|disabled|cannot|prevent|refuse|restrict`,
)
const OUTSIDE =
  /\boutside (?:of )?(?:the )?(?:allowed |permitted )?(?:director|folder|path|project|workspace)|\bnot (?:in|within|inside) (?:the |your |an allowed )?workspace/i
const KEPT_OUT =
  /Read-only file system|Operation not permitted|Permission denied|Could not resolve host|Network is unreachable/i

// A tool that only reads about sandboxes is not in one: unless the agent says that the tool failed,
// the message must come first.
const FIRST_LINE = /^.{0,300}/

/** Returns whether a tool says that its sandbox kept it from something. */
export function isSandboxDenial(result: ToolResult): boolean {
  const { output, isFailed } = result
  if (SANDBOX.test(isFailed === true ? output : (FIRST_LINE.exec(output)?.[0] ?? ''))) return true
  const [said = ''] = ownWords(result).split('\n')
  return SANDBOX_SAID.test(said) || OUTSIDE.test(said)
}

/** Returns what tools tried and their sandbox did not allow. */
export function sandboxDenials(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  const sandboxed = new Set(session.sandboxDenied)
  const denied = results.filter(
    (result) =>
      (result.isFailed !== false && isSandboxDenial(result)) || sandboxed.has(result.callId ?? ''),
  )
  // A silent sandbox leaves only the system's words; without a sandbox they mean less.
  const kept = session.isSandboxed
    ? results.filter((one) => one.isFailed === true && KEPT_OUT.test(one.output))
    : []
  const all = denied.length > 0 ? denied : kept.length > 0 ? kept : lastKeptOut(results)
  const [first] = all
  if (first === undefined) return []
  const what = quoted(calledWords(first), 80)
  return [
    {
      code: 'sandbox-denied',
      certainty: denied.length > 0 ? 'certain' : kept.length > 0 ? 'likely' : 'possible',
      exchange: first.exchange,
      ...(first.tool !== undefined && { tool: first.tool.spanId }),
      clues: all.slice(0, 3).map((one) => ({
        at: one.place,
        text: `exchange ${one.exchange} says of ${shortText(calledWords(one), 50)}: ${shortText(saidBy(one), 100)}`,
      })),
      sentence: `${denied.length + kept.length > 0 ? 'The sandbox' : 'The system, or a sandbox that is not in the record,'} did not let ${what} do what it tried${all.length > 1 ? `, and kept ${countWords(all.length, 'run')} from that in all` : ''}.`,
      next: "Allow what it needs (a folder to write to, the network) in the agent's sandbox settings, or let it ask.",
      weight: 'trouble',
    },
  ]
}

// What the system, in the last tool's output, says about missing permissions.
const BY_SYSTEM =
  /Read-only file system|\bEROFS\b|Operation not permitted|\bEPERM\b|\bEACCES\b|\[Errno 13\]|: Permission denied$/im

function lastKeptOut(results: readonly ToolResult[]): ToolResult[] {
  const last = results.at(-1)
  return last?.isFailed === true && BY_SYSTEM.test(last.output) ? [last] : []
}

/** A user who says no is part of the work; a rule that says no keeps the agent from working. */
const DENIED_OFTEN = 3

/** Returns tools that were not allowed to run, if that was the end of the work. */
export function toolsDenied(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  const { parts } = session
  const denied = parts.approvals.filter(
    ({ outcome, decidedBy }) =>
      outcome === 'denied' && decidedBy !== undefined && decidedBy !== 'user',
  )
  const byUser = parts.approvals.filter(
    ({ outcome, decidedBy }) =>
      outcome === 'denied' && (decidedBy === undefined || decidedBy === 'user'),
  )
  const refused = parts.tools.filter(
    (tool) => tool.outcome === 'declined' && !parts.approvals.some((one) => isAbout(one, tool)),
  )
  const again = byUser.filter((one) =>
    byUser.some((other) => other !== one && other.what === one.what),
  )
  const isOften = byUser.length >= DENIED_OFTEN || again.length > 0
  if (denied.length + refused.length === 0 && !isOften) return fromResults(session, results)
  const approval = denied[0] ?? (isOften ? (again[0] ?? byUser[0]) : undefined)
  const [tool] = refused
  const what = quoted(approval?.what ?? tool?.command ?? tool?.name ?? 'a tool', 80)
  const by = approval?.decidedBy
  const count = denied.length > 0 ? denied.length : isOften ? byUser.length : refused.length
  return [
    {
      code: 'tool-denied',
      certainty: 'certain',
      ...(tool !== undefined && { tool: tool.spanId }),
      ...(approval !== undefined && { approval: approval.spanId }),
      clues: [
        ...(approval === undefined
          ? []
          : [
              {
                at: { spanId: approval.spanId },
                text: `${approval.decision ?? 'denied'} by ${by ?? 'someone unknown'}`,
              },
            ]),
        ...(tool === undefined
          ? []
          : [
              {
                at: { spanId: tool.spanId },
                text: `${shortText(tool.command ?? tool.name, 60)}: ${tool.status ?? 'declined'}`,
              },
            ]),
      ],
      sentence: `${countWords(count, 'tool run')} ${count === 1 ? 'was' : 'were'} not allowed: ${what}, ${by === undefined ? 'and nobody was asked' : `by ${by === 'user' ? 'its user' : by}`}.`,
      next: `See what was asked and who answered: tacho approvals ${session.id}. A rule can allow it.`,
      weight: 'trouble',
    },
  ]
}

// What the user refused, or stopped the turn for, is the user's decision. A question that names no
// call was asked while its tool waited.
function isAbout({ callId, decidedBy, askedAt }: Approval, tool: Tool): boolean {
  if (decidedBy !== undefined && decidedBy !== 'user') return false
  if (callId !== undefined) return callId === tool.callId
  return askedAt >= tool.startedAt - 1_000_000 && askedAt <= (tool.endedAt ?? askedAt)
}

// Refused without asking anybody.
const NOT_LET = toldOfCall(
  String.raw`.{0,80}\b(?:rejected|blocked|forbidden|denied|disallowed) by (?:the )?(?:policy|rule|configuration|(?:your|user)(?: approval)? (?:settings|permissions)|a hook|admin|reviewer)`,
  'permission (?:to|for) .{1,200} (?:has been|was) denied',
  ".{0,80}requested permissions? to .{1,200}, but you haven't granted it",
  '.{0,60}approval policy is Never',
  ".{0,60}you (?:do not|don't) have permission to use",
  '.{0,60}rule which prevents you from using',
  String.raw`\w+(?::\w+)? hook (?:blocked|denied|blocking)|PreToolUse\S* hook (?:error|returned|stopped)`,
  'permission denied and could not request',
  String.raw`.{0,60}\brequires? (?:user |your )?approval\b`,
  String.raw`.{0,60}\b(?:reviewer|guardian) (?:has )?(?:rejected|denied|declined)`,
)
// The same, worded freely.
const FORBIDDEN = both(
  String.raw`\bpolic(?:y|ies)\b|\b(?:allow|deny)(?:ed)?[- ]?(?:list|rules?|tools)\b|\badmin(?:istrator)?\b|\bapproval required\b|\bhook\b|\breviewer\b|\bguard-?rails?\b|\b(?:list of |the )?(?:allowed|permitted|blocked|denied|forbidden) (?:commands|tools|actions)\b|\b(?:your|workspace|project|organi[sz]ation|user) (?:settings|configuration|rules)\b|\b(?:ask|plan|chat|architect|read-?only|dry-?run|restricted) mode\b`,
  'not (?:allowed|in|permitted)|block|denied|reject|forbid|disallow|disabled|prohibit|cannot|prevent',
)

// The user refuses as part of the work.
const BY_USER = toldOfCall(
  String.raw`[^\"'“]{0,60}\b(?:user|human) (?:has |have )?(?:rejected|denied|declined|refused|cancell?ed|(?:did not|didn't) (?:allow|approve|want)|(?:does not|doesn't) want to)`,
  String.raw`.{0,60}\b(?:rejected|denied|declined|refused) by (?:the |its )?(?:user|human)\b`,
  "用户.{0,4}拒绝|der benutzer hat .{0,60}abgelehnt|l'utilisateur a refusé",
)
// The same, worded freely, for a call about which nothing else is said.
const ITS_USER = /\b(?:user|human|operator)\b/i
const SAID_NO =
  /^\W{0,3}(?:rejected|denied|declined|refused|skipped|dismissed|cancell?ed|permission|(?:the )?(?:user|human|operator|operation|tool|call|action|request|command))\b.{0,80}\b(?:reject|den(?:y|ied)|declin|refus|skip|dismiss|cancel|abort|not (?:approve|allow)|said no|turned (?:it )?down)/i
// So does somebody who is not named.
const BY_SOMEBODY = toldOfCall(
  String.raw`(?:the )?(?:tool )?(?:execution|call|use)(?: was | has been |-| )(?:not approved|rejected|denied|declined)\b`,
)

/** Returns whether an agent tells its model that a call was not allowed. */
export function isToldDenied(result: ToolResult): boolean {
  const { output, isFailed } = result
  if (isFailed === false) return false
  // A file that was read may say this too, but hardly as its only line.
  if (isFailed === undefined && isReader(result)) return !/\n/.test(output) && BY_USER.test(output)
  if (isForbidden(result) || BY_USER.test(output) || BY_SOMEBODY.test(output)) return true
  const said = ownWords(result)
  return ITS_USER.test(said) && SAID_NO.test(said)
}

function isForbidden(result: ToolResult): boolean {
  if (NOT_LET.test(result.output)) return true
  // The words are the command's own if it ran: git mentions hooks, too.
  const isOfCommand = (result.tool?.exitCode ?? exitCodeIn(result.output)) !== undefined
  const [said = ''] = ownWords(result).split('\n')
  return !isOfCommand && !BY_USER.test(said) && FORBIDDEN.test(said)
}

function fromResults(session: SessionCase, results: readonly ToolResult[]): Cause[] {
  const told = results.filter((one) => isToldDenied(one) && !isSandboxDenial(one))
  const byRule = told.filter(isForbidden)
  const isAgain = told.some((one) => told.some((other) => other !== one && isSameCall(one, other)))
  const isOften = told.length >= DENIED_OFTEN || isAgain
  const denied = byRule.length > 0 || !isOften ? byRule : told
  const [first] = denied
  if (first === undefined) return []
  return [
    {
      code: 'tool-denied',
      certainty: 'certain',
      exchange: first.exchange,
      clues: [
        { at: first.place, text: `exchange ${first.exchange} says: ${shortText(first.output)}` },
      ],
      sentence: `${countWords(denied.length, 'tool run')} ${denied.length === 1 ? 'was' : 'were'} not allowed: ${shortText(calledWords(first), 80)}: ${shortText(first.output, 120)}`,
      next: `Look at the rules and the approval policy of the agent; see tacho approvals ${session.id}.`,
      weight: 'trouble',
    },
  ]
}

function isSameCall(one: ToolResult, other: ToolResult): boolean {
  return one.name === other.name && one.arguments === other.arguments
}
