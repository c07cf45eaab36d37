/** A name and its value, as HAR has headers, cookies and query strings. */
export type NameValue = { name: string; value: string }

/** A message of a WebSocket as Chrome's DevTools write and read it; `time` is seconds since 1970. */
export type HarMessage = {
  type: 'send' | 'receive'
  time: number
  opcode: number
  /** Its text; base64 where it is none. */
  data: string
  /** The exchange that it belongs to, by its id and its number. */
  _exchange?: string
  _number?: number
  /** Of a close frame. */
  _code?: number
  /** Why `data` is not whole. */
  _missing?: string
}

/** The body of a request, but for its text. */
export type HarPostData = { mimeType: string; _encoding?: 'base64' }

/**
 * What HAR 1.2 has of an exchange, but for the texts of its bodies, which are written apart. Names that
 * begin with `_` are ours: HAR leaves them to whoever writes it.
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
  /** What became of it on its connection. */
  _state: string
  /** What became of the model's answer; absent where nobody told. */
  _outcome?: string
  /** What DevTools takes an entry with messages for. */
  _resourceType?: 'websocket'
  _prewarm?: true
  _run: string
  _turn?: string
  _thread?: string
}
