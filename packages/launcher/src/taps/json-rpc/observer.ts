/** Watches the messages between a JSON-RPC client and its server, whatever carries them. */
export type JsonRpcObserver = {
  /**
   * A message of the client's, with or without its line end.
   *
   * @returns the message to pass on: the same object, or another in its place.
   */
  fromClient(line: Uint8Array): Uint8Array
  /** A message of the server's; one of several megabytes may be cut off. It is passed on as it is. */
  fromServer(line: Uint8Array): void
  /** The client has closed its side. @param at microseconds since the epoch */
  clientGone(at: number): void
  /** The server has closed its side. @param at microseconds since the epoch */
  serverGone(at: number): void
}
