import type { SeenFrame } from './websocket-frames.js'

/** A request's bytes as they came, without the framing of its body. */
export type SeenRequest = {
  /** From the request line to the empty line, as received. */
  head: string
  body: Buffer
  /** Its body is complete. */
  isWhole: boolean
}

/** What an upstream saw of one connection; it grows while the connection lasts. */
export type SeenConnection = {
  requests: SeenRequest[]
  /** What came after an upgrade. */
  frames: SeenFrame[]
  /** How far the TLS handshake got, if the upstream uses TLS. */
  tls:
    | { protocol: string | null; serverName: string | false | undefined; alpn: string | false }
    | undefined
  /**
   * How the agent's side ended: by itself, after this side's end, or not while anybody was looking.
   */
  end: 'fin' | 'reset' | 'closed here' | 'open'
  /**
   * What this side was doing when it ended: `before a request`, `step 2 of reply 1`, and from the
   * last bytes of a reply on `end of reply 1`.
   */
  stage: string
}

/** Whether a request is for the model, and so uses up a reply. */
export function isForModel({ head }: SeenRequest): boolean {
  return /^(POST|GET) \S*\/responses(\?\S*)? HTTP/.test(head) && !isTitle(head)
}

/** Whether a request asks for a WebSocket. */
export function isUpgrade({ head }: SeenRequest): boolean {
  return /^upgrade: *websocket/im.test(head)
}

// Codex 0.169: the TUI asks for a title beside the turn, at a time of its own choosing.
function isTitle(head: string): boolean {
  return head.includes('"thread_source":"thread_title"')
}
