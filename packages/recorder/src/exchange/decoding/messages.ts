import type { Coding } from './codings.js'

/** A message to the decoding thread. `body` is the body's number; `at` is returned unchanged. */
export type ToDecoder =
  | { kind: 'open'; body: number; codings: readonly Coding[] }
  | { kind: 'bytes'; body: number; at: number; bytes: Uint8Array }
  /** The input ends. */
  | { kind: 'end'; body: number; at: number }
  /** The body is no longer needed. */
  | { kind: 'drop'; body: number }
  /** This many decoded bytes were processed; as many may follow. */
  | { kind: 'dealt-with'; bytes: number }

/** A message from the decoding thread. */
export type FromDecoder =
  /** `isContinued`: from the same input as the previous output. */
  | { kind: 'decoded'; body: number; at: number; isContinued: boolean; bytes: Uint8Array }
  /** This much of the input is no longer held. */
  | { kind: 'taken'; body: number; bytes: number }
  | { kind: 'over'; body: number; outcome: DecodingOutcome }

/** How decoding a body ended. */
export type DecodingOutcome =
  | 'whole'
  /** It exceeds the length limit for decoding. */
  | 'stopped'
  /** `isShort`: the only fault is that it ends too early. */
  | { fault: string; isShort: boolean }
