/**
 * A network setting of the user's that cannot be used: reported once, in one line that names the
 * variable.
 */
export type NetworkProblem = { variable: string; message: string }

/** Why a connection could not be opened, if no other program's error says so. */
export type NetworkErrorCode =
  /** The proxy answered, but refused to connect. */
  | 'PROXY_REFUSED'
  /** The agent itself could not use this proxy for such a request. */
  | 'PROXY_UNUSABLE'
  /** The agent itself would not connect with this certificate file. */
  | 'CERTIFICATES_UNUSABLE'
  /** The server does not speak HTTP/1.1. */
  | 'HTTP2_ONLY'

/** A connection that was not opened; errors of the system or of TLS keep their own type. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError'
  readonly code: NetworkErrorCode

  constructor(code: NetworkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
