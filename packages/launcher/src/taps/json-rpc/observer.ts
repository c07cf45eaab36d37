/** Watches the messages between a JSON-RPC client and its server, whatever carries them. */
export type JsonRpcObserver = {
  /** It changes no message: all bytes are passed on as they came, before it sees them. */
  changesNothing?: boolean
  /**
   * A message of the client's, with or without its line end.
   *
   * @param at when it came, in microseconds since the epoch; only where the observer changes nothing.
   * @returns the message to pass on: the same object, or another in its place. Without meaning where
   * the observer changes nothing.
   */
  fromClient(line: Uint8Array, at?: number): Uint8Array
  /** A message of the server's; one of several megabytes may be cut off. It is passed on as it is. */
  fromServer(line: Uint8Array, at?: number): void
  /** The client has closed its side. @param at microseconds since the epoch */
  clientGone(at: number): void
  /** The server has closed its side. @param at microseconds since the epoch */
  serverGone(at: number): void
}
