import type { ApprovalAnswered, ApprovalKind } from '@tacho/recorder'
import { pick } from './json-members.js'
import type { Place, Threads } from './threads.js'
import { record, text, texts } from './values.js'

/**
 * The approvals that Codex's automated reviewer decides in a person's place
 * (`approvals_reviewer = "auto_review"`; Codex 0.169, which calls these messages unstable).
 */
export class Reviews {
  readonly #threads: Threads

  constructor(threads: Threads) {
    this.#threads = threads
  }

  started(line: Uint8Array, at: number): void {
    const { place, id, params } = this.#read(line)
    const action = record(params.action)
    const what = reviewed(action)
    place.session.approvals.asked({
      tap: 'json-rpc',
      id,
      ...what,
      reason: text(action.reason),
      cwd: text(action.cwd),
      offered: [],
      callId: text(params.targetItemId),
      conversation: place.conversation,
      at,
    })
  }

  completed(line: Uint8Array, at: number): void {
    const { place, id, params } = this.#read(line)
    const { status, rationale, riskLevel } = record(params.review)
    const words = texts([riskLevel && `risk ${riskLevel}`, rationale]).join(': ')
    place.session.approvals.answered('json-rpc', id, {
      decision: text(status) ?? 'unreadable',
      decidedBy: decidedBy(status),
      rationale: text(words),
      at,
    })
  }

  #read(line: Uint8Array): { place: Place; id: string; params: Record<string, unknown> } {
    const params = pick(
      line,
      ['params'],
      ['threadId', 'turnId', 'reviewId', 'targetItemId', 'review', 'action'],
    )
    const place = this.#threads.place(params.threadId, params.turnId)
    return { place, id: `review ${text(params.reviewId) ?? ''}`, params }
  }
}

function decidedBy(status: unknown): ApprovalAnswered['decidedBy'] {
  if (status === 'timedOut') return 'timeout'
  return status === 'aborted' ? 'host' : 'reviewer'
}

function reviewed(action: Record<string, unknown>): {
  kind: ApprovalKind
  what: string
  files?: string[]
} {
  const { type, command, program, argv, stdin, files, target, server, toolName, permissions } =
    action
  switch (type) {
    case 'applyPatch': {
      const paths = texts(Array.isArray(files) ? files : [])
      return { kind: 'file-change', what: paths.join(', '), files: paths }
    }
    case 'mcpToolCall':
      return { kind: 'mcp-elicitation', what: texts([server, toolName]).join(': ') }
    case 'requestPermissions':
      return { kind: 'permissions', what: JSON.stringify(permissions ?? {}) }
    case 'execve':
      return { kind: 'command', what: JSON.stringify(argv ?? [program]) }
    default:
      return { kind: 'command', what: texts([command, stdin, target])[0] ?? text(type) ?? '' }
  }
}
