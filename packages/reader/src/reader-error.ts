export type ReaderErrorCode =
  /** No session by this id or prefix. */
  | 'no-session'
  /** Several sessions begin with this prefix. */
  | 'ambiguous'
  /** The session's folder cannot be looked into. */
  | 'unreadable'
  /** The folder is of a format that this version does not know. */
  | 'newer-format'
  /** Bytes that were asked for were not kept, or are damaged. */
  | 'missing-bytes'
  /** What a model was given was asked for of an exchange that gave it nothing. */
  | 'no-model-input'
  /** What is to be searched for is no pattern, or matches everything. */
  | 'bad-pattern'
  /** The session is running: its logs are being written. */
  | 'running'
  /** A log could not be compressed; it is as it was. */
  | 'cannot-seal'
  /** A collector does not take what it is sent. */
  | 'not-delivered'
  /** What was to be made is there already, or cannot be made there. */
  | 'cannot-salvage'
  /** A session's files could not be removed; what is left can be removed again. */
  | 'cannot-remove'
  /** The file of the user's own rules cannot be used. */
  | 'wrong-rule'
  /** A session could not be scrubbed; it is as it was. */
  | 'cannot-scrub'
  /** A session was scrubbed, and another search found what was to be replaced. */
  | 'secret-left'
  /** A session's spans cannot be made anew, or not there. */
  | 'cannot-rebuild'

/** What keeps the reader from giving what it was asked for. */
export class ReaderError extends Error {
  override readonly name = 'ReaderError'
  readonly code: ReaderErrorCode

  constructor(code: ReaderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
