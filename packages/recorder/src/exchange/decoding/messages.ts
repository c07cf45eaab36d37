import type { Coding } from './codings.js'

/** What the thread that decodes is told. A body has a number; `at` comes back as it was given. */
export type ToDecoder =
  | { kind: 'open'; body: number; codings: readonly Coding[] }
  | { kind: 'bytes'; body: number; at: number; bytes: Uint8Array }
  /** Nothing more comes. */
  | { kind: 'end'; body: number; at: number }
  /** Nobody wants it any more. */
  | { kind: 'drop'; body: number }
  /** This many decoded bytes have been dealt with: as many may follow. */
  | { kind: 'dealt-with'; bytes: number }

/** What it tells. */
export type FromDecoder =
  /** `isContinued`: out of the same bytes as the ones before. */
  | { kind: 'decoded'; body: number; at: number; isContinued: boolean; bytes: Uint8Array }
  /** This many bytes of those that it was given are no longer held. */
  | { kind: 'taken'; body: number; bytes: number }
  | { kind: 'over'; body: number; outcome: DecodingOutcome }

/** How taking the codings off a body ended. */
export type DecodingOutcome =
  | 'whole'
  /** There is more than is decoded of any body. */
  | 'stopped'
  /** `isShort`: nothing is wrong with it but that it ends too early. */
  | { fault: string; isShort: boolean }
