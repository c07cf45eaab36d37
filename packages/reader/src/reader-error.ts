export type ReaderErrorCode =
  /** No session has this id or prefix. */
  | 'no-session'
  /** Several sessions begin with this prefix. */
  | 'ambiguous'
  /** The session's folder cannot be examined. */
  | 'unreadable'
  /** The folder has a format that this version does not know. */
  | 'newer-format'
  /** The requested bytes were not kept, or are damaged. */
  | 'missing-bytes'
  /** Model input was requested for an exchange that has none. */
  | 'no-model-input'
  /** The search pattern is invalid, or matches everything. */
  | 'bad-pattern'
  /** The session is running: its logs are being written. */
  | 'running'
  /** A log could not be compressed; it is unchanged. */
  | 'cannot-seal'
  /** A collector does not accept what it is sent. */
  | 'not-delivered'
  /** The target already exists, or cannot be created there. */
  | 'cannot-salvage'
  /** A session's files could not be removed; removing the rest can be tried again. */
  | 'cannot-remove'
  /** The file with the user's own rules cannot be used. */
  | 'wrong-rule'
  /** A session could not be scrubbed; it is unchanged. */
  | 'cannot-scrub'
  /** A session was scrubbed, but a second search still found something to replace. */
  | 'secret-left'
  /** A session's spans cannot be rebuilt, or not there. */
  | 'cannot-rebuild'

/** Says why the reader cannot return what was requested. */
export class ReaderError extends Error {
  override readonly name = 'ReaderError'
  readonly code: ReaderErrorCode

  constructor(code: ReaderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
