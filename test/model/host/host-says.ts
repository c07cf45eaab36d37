import type { What } from '../reduced.js'

type Members = Record<string, unknown>

/** A program reports that a turn begins. */
export function turnStarted(turnId = 'a', members: Members = {}): What {
  return { kind: 'turn-started', turnId, ...members } as What
}

export function turnEnded(turnId = 'a', outcome = 'completed', members: Members = {}): What {
  return { kind: 'turn-ended', turnId, outcome, ...members } as What
}

export function toolStarted(callId: string, members: Members = {}): What {
  return { kind: 'tool-started', callId, name: 'shell', turnId: 'a', ...members } as What
}

export function toolEnded(callId: string, outcome = 'completed', members: Members = {}): What {
  return { kind: 'tool-ended', callId, outcome, turnId: 'a', ...members } as What
}

export function asked(approvalId: string, members: Members = {}): What {
  const question = { approvalKind: 'tool', what: 'rm -rf build', turnId: 'a' }
  return { kind: 'approval-asked', approvalId, ...question, ...members } as What
}

export function answered(approvalId: string, outcome: string, members: Members = {}): What {
  return { kind: 'approval-answered', approvalId, outcome, ...members } as What
}

export function cancelled(members: Members = {}): What {
  const request = { cancellationId: 'w', origin: 'user', reason: 'Esc' }
  return { kind: 'cancellation-requested', ...request, ...members } as What
}

export const RELEASED = { kind: 'cancellation-ended', cancellationId: 'w' } as What

export function note(words: string, members: Members = {}): What {
  return { kind: 'note', note: words, turnId: 'a', ...members } as What
}

export const RUN_ENDED = { kind: 'run-ended', exitCode: 0 } as What
