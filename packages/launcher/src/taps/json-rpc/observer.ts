/** Observes the messages between a JSON-RPC client and its server, over any transport. */
export type JsonRpcObserver = {
  /**
   * Whether it changes no message: then all bytes are passed on as they came, before it sees them.
   */
  changesNothing?: boolean
  /**
   * Observes a message of the client's, with or without its line end.
   *
   * @param at when it arrived, in microseconds since the epoch; only if the observer changes
   * nothing.
   * @returns the message to pass on: the same object, or a replacement. Ignored if the observer
   * changes nothing.
   */
  fromClient(line: Uint8Array, at?: number): Uint8Array
  /**
   * Observes a message of the server's, which is passed on unchanged; one of several megabytes may
   * be cut.
   */
  fromServer(line: Uint8Array, at?: number): void
  /** The client has closed its side. @param at microseconds since the epoch */
  clientGone(at: number): void
  /** The server has closed its side. @param at microseconds since the epoch */
  serverGone(at: number): void
}
