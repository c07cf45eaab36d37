/** What of the user's network settings cannot be used: told once, in one line that names the variable. */
export type NetworkProblem = { variable: string; message: string }

/** Why a connection could not be opened, where no other program's error says so. */
export type NetworkErrorCode =
  /** The proxy answered, and does not let us through. */
  | 'PROXY_REFUSED'
  /** The agent itself could not use this proxy for such a request. */
  | 'PROXY_UNUSABLE'
  /** The agent itself would not connect with this certificate file. */
  | 'CERTIFICATES_UNUSABLE'
  /** The server speaks no HTTP/1.1. */
  | 'HTTP2_ONLY'

/** A connection that was not opened; what the system or TLS says comes as its own error. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError'
  readonly code: NetworkErrorCode

  constructor(code: NetworkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
