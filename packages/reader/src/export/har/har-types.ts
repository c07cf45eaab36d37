/** A name and its value, in which form HAR has headers, cookies and query strings. */
export type NameValue = { name: string; value: string }

/** A WebSocket message as Chrome's DevTools write and read it; `time` is seconds since 1970. */
export type HarMessage = {
  type: 'send' | 'receive'
  time: number
  opcode: number
  /** Its text; base64 if it is not text. */
  data: string
  /** The id and the number of the exchange that it belongs to. */
  _exchange?: string
  _number?: number
  /** For a close frame. */
  _code?: number
  /** Why `data` is incomplete. */
  _missing?: string
}

/** The body of a request, without its text. */
export type HarPostData = { mimeType: string; _encoding?: 'base64' }

/**
 * An exchange in HAR 1.2, without the texts of its bodies, which are written separately. Names that
 * begin with `_` are ours: HAR leaves them to applications.
 *
 * http://www.softwareishard.com/blog/har-12-spec/
 */
export type HarEntry = {
  startedDateTime: string
  time: number
  request: {
    method: string
    url: string
    httpVersion: string
    cookies: NameValue[]
    headers: NameValue[]
    queryString: NameValue[]
    postData?: HarPostData
    headersSize: number
    bodySize: number
  }
  response: {
    status: number
    statusText: string
    httpVersion: string
    cookies: NameValue[]
    headers: NameValue[]
    content: { size: number; mimeType: string }
    redirectURL: string
    headersSize: number
    bodySize: number
    /** Why there is none, or not all of it: DevTools shows it as the error. */
    _error?: string
  }
  cache: Record<string, never>
  timings: {
    blocked: number
    dns: number
    connect: number
    ssl: number
    send: number
    wait: number
    receive: number
  }
  comment?: string
  _exchange: string
  _number: number
  /** The state of the exchange. */
  _state: string
  /** The outcome of the model's answer; absent if unknown. */
  _outcome?: string
  /** Marks an entry with messages for DevTools. */
  _resourceType?: 'websocket'
  _prewarm?: true
  _run: string
  _turn?: string
  _thread?: string
}
