import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { HEAD_BYTES } from '../../network/limits.js'
import type { Network } from '../../network/network.js'
import type { Opened } from '../../network/open-connection.js'
import { type Lent, lentOf } from '../../network/read-memory.js'
import type { UnfinishedHeads } from '../../network/unfinished-heads.js'
import { isBrokenOff, resetError } from './broken-connection.js'
import { HeldResponse } from './held-response.js'
import type { Peer, Seen, Side } from './http-event.js'
import {
  changedHead,
  type HeadChanges,
  rewrittenLocation,
  rewrittenRequest,
} from './rewritten-head.js'
import { CREDENTIALS, type Route, type Routes, tapOrigin } from './routes.js'
import { type Reached, reset, UpstreamLeg } from './upstream-leg.js'
import { requestBodyLength, responseBodyLength } from './wire/body-length.js'
import {
  headerValue,
  headerWords,
  type RequestHead,
  type ResponseHead,
  readRequestHead,
  readResponseHead,
} from './wire/message-head.js'
import { MessageReader } from './wire/message-reader.js'

export type RelayOptions = {
  /** The agent's connection, paused. */
  agent: Socket
  network: Network
  routes: Routes
  /** Returns a request's path without Tacho's prefix, or the status that refuses it. */
  admit: (head: RequestHead) => { path: string } | { refusal: 403 | 404 }
  /**
   * `user:password` from the base URL, which the agent's client would have sent as Basic
   * authorization.
   */
  authorization: string | undefined
  /** Matches paths that the agent requests only because it is recorded. */
  declines: (path: string) => boolean
  /** Receives what was seen, after the bytes have been forwarded. */
  tell: (seen: Seen) => void
  /**
   * Writes overdue records: a request is on disk before its answer is forwarded, unless that
   * arrives at once.
   */
  settleOverdue: () => void
  /** Returns what answers must wait for, if anything. */
  untilRecorded: () => Promise<unknown> | undefined
  /** The upstream cannot be reached. */
  onUnreachable: (origin: string, error: NodeJS.ErrnoException) => void
  /** Counts connections with incomplete heads. */
  heads: UnfinishedHeads
  /** Whether an origin that the upstream redirects to can be reached. */
  canReach: (origin: string) => Promise<boolean>
  /**
   * Opens a stand-in for a connection to an origin that speaks only HTTP/2; `request` returns the
   * request being answered.
   */
  overHttp2: (origin: string, request: () => number | undefined) => Promise<Duplex>
  /** Returns an existing connection to an origin. */
  spare: (origin: string) => Promise<Opened> | undefined
}

type Outstanding = { number: number; head: RequestHead; route: Route }

/**
 * Relays one connection of the agent's and its connection to the upstream. Bytes pass as they come,
 * in both directions, no faster than the other side accepts them. Only a request's target and host,
 * and a redirect's location, are changed. Each side ends the way the other does.
 */
export class Relay {
  readonly #options: RelayOptions
  readonly #agent: Socket
  readonly #requests: MessageReader<RequestHead>
  #responses: MessageReader<ResponseHead> = this.#responseReader()
  readonly #held = new HeldResponse((head, wire) => this.#redirected(head, wire))
  #leg: UpstreamLeg | undefined
  /** Connections to other upstreams that earlier requests went to. */
  readonly #parked = new Map<string, UpstreamLeg>()
  /** Requests whose answers have not ended, oldest first. */
  readonly #outstanding: Outstanding[] = []
  #count = 0
  /** Whether the request being read is declined instead of forwarded. */
  #isDeclined = false
  #isInterim = false
  #isTunnel = false
  #isAgentOver = false
  #isUpstreamOver = false
  /** Whether the upstream ended while the head of its answer is held. */
  #isEndHeld = false
  #isClosed = false
  /** Reports for after the agent's bytes being read have been forwarded. */
  #untold: (() => void)[] | undefined
  /** The parts of a response's body from the current read. */
  #content: Buffer[] = []
  /** The memory of that read. */
  #lent: Lent | undefined
  /** What the upstream did while its answer must wait. */
  #early: (() => void)[] | undefined

  constructor(options: RelayOptions) {
    this.#options = options
    this.#agent = options.agent
    this.#requests = this.#requestReader()
    const { agent } = options
    agent.on('data', (bytes: Buffer) => this.#fromAgent(bytes))
    agent.on('end', () => this.#agentEnded())
    agent.on('drain', () => this.#leg?.resume())
    agent.on('error', (error: NodeJS.ErrnoException) => this.#agentBroke(error))
    agent.on('close', () => this.#agentClosed())
    options.heads.opened(agent)
    agent.resume()
  }

  /** Ends both sides. */
  close(): void {
    this.#leg?.drop()
    this.#dropParked()
    this.#agent.destroy()
    this.#close()
  }

  #fromAgent(bytes: Buffer): void {
    this.#leg?.cork()
    this.#untold = []
    this.#requests.push(bytes)
    this.#leg?.uncork()
    const untold = this.#untold
    this.#untold = undefined
    for (const tell of untold) tell()
    if (this.#requests.isWithinHead) this.#options.heads.begun(this.#agent)
  }

  #requestReader(): MessageReader<RequestHead> {
    return new MessageReader(readRequestHead, HEAD_BYTES, {
      head: (head, wire) => this.#requestHead(head, wire),
      body: (wire, content) => {
        if (this.#isDeclined) return
        this.#toUpstream(wire)
        for (const bytes of content) this.#told({ kind: 'request-body', bytes })
      },
      end: () => {
        if (this.#isDeclined) this.#decline()
        else this.#told({ kind: 'request-end' })
      },
      opaque: (wire, reason) => this.#opaqueRequest(wire, reason),
    })
  }

  #requestHead(head: RequestHead, wire: Buffer) {
    this.#options.heads.whole(this.#agent)
    const admission = this.#options.admit(head)
    if ('refusal' in admission) return this.#refuse(admission.refusal)
    this.#isDeclined = this.#options.declines(admission.path)
    const length = requestBodyLength(head)
    if (this.#isDeclined) return length
    const route = this.#options.routes.routeOf(head, admission.path)
    if (route === undefined) return this.#refuse(404)
    if (!this.#legTo(reachedAt(head, route))) return 'wait'
    this.#count += 1
    const request = this.#count
    this.#outstanding.push({ number: request, head, route })
    const changes = this.#changes(head, route)
    let sentOver: Peer | undefined
    let isTold = false
    this.#toUpstream((reached) => {
      sentOver = peerOf(reached)
      if (isTold) this.#options.tell({ kind: 'request-sent', request, ...sentOver })
      return rewrittenRequest(wire, head, onTheWay(changes, route, reached))
    })
    this.#behind(() => {
      const url = route.origin + route.target
      this.#options.tell({ kind: 'request-head', request, head: changedHead(head, changes), url })
      if (sentOver !== undefined) this.#options.tell({ kind: 'request-sent', request, ...sentOver })
      isTold = true
    })
    return length
  }

  /**
   * @returns whether the next request can go there: another upstream waits until this one has
   * answered.
   */
  #legTo(origin: string): boolean {
    if (this.#leg?.origin === origin) return true
    if (this.#leg !== undefined && this.#outstanding.length > 0) {
      this.#agent.pause()
      return false
    }
    // An agent reuses connections, so this one is kept in case it comes back.
    if (this.#leg !== undefined) this.#parked.set(this.#leg.origin, this.#leg)
    this.#responses = this.#responseReader()
    this.#leg = this.#parked.get(origin) ?? this.#openLeg(origin)
    this.#parked.delete(origin)
    return true
  }

  #openLeg(origin: string): UpstreamLeg {
    const whileUsed = (work: () => void) => {
      if (this.#leg === leg) this.#whenRecorded(leg, work)
    }
    const leg: UpstreamLeg = new UpstreamLeg({
      network: this.#options.network,
      origin,
      spare: this.#options.spare(origin),
      overHttp2: () => this.#options.overHttp2(origin, () => this.#outstanding[0]?.number),
      events: {
        data: (bytes) => whileUsed(() => this.#fromUpstream(bytes)),
        end: () => {
          if (this.#leg === leg) whileUsed(() => this.#upstreamEnded())
          else this.#unusedLegEnded(leg)
        },
        unreachable: (error) => whileUsed(() => this.#unreachable(origin, error)),
        closed: (error) => whileUsed(() => this.#upstreamClosed(error)),
        drained: () =>
          whileUsed(() => {
            if (!this.#requests.isWaiting) this.#agent.resume()
          }),
      },
    })
    return leg
  }

  #whenRecorded(leg: UpstreamLeg, work: () => void): void {
    if (this.#early !== undefined) {
      this.#early.push(work)
      return
    }
    const recorded = this.#options.untilRecorded()
    if (recorded === undefined) {
      work()
      return
    }
    leg.pause()
    this.#early = [work]
    void recorded.then(() => {
      leg.resume()
      const early = this.#early ?? []
      this.#early = undefined
      for (const one of early) one()
    })
  }

  /** An unused connection that ends is forgotten, as an agent forgets its own. */
  #unusedLegEnded(leg: UpstreamLeg): void {
    this.#parked.delete(leg.origin)
    leg.drop()
  }

  #changes(head: RequestHead, { origin, host, target, isStrange }: Route): HeadChanges {
    const { authorization } = this.#options
    const isMissing = !isStrange && headerValue(head.headers, 'authorization') === undefined
    return {
      target,
      host,
      dropped: isStrange ? CREDENTIALS : undefined,
      added: isMissing && authorization !== undefined ? [['authorization', authorization]] : [],
      referer: this.#options.routes.referer(head, origin),
    }
  }

  #opaqueRequest(wire: Buffer, reason: string | undefined): void {
    if (reason !== undefined) {
      // Nothing known says where it should go.
      if (this.#leg === undefined) {
        this.#refuse(undefined)
        return
      }
      const request = this.#count
      this.#behind(() => this.#options.tell({ kind: 'unparsed', request, side: 'agent', reason }))
    }
    if (this.#isDeclined) return
    this.#toUpstream(wire)
    this.#opaque('agent', wire)
  }

  #toUpstream(bytes: Parameters<UpstreamLeg['write']>[0]): void {
    if (this.#leg?.write(bytes) === false) this.#agent.pause()
  }

  /** Only the agent is admitted, and it never sends such requests. */
  #refuse(status: 403 | 404 | undefined): 'upgraded' {
    this.#requests.becomeOpaque()
    this.#isDeclined = true
    if (status === undefined) this.#agent.destroy()
    else {
      const words = status === 403 ? 'Forbidden' : 'Not Found'
      this.#agent.end(
        `HTTP/1.1 ${status} ${words}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
      )
    }
    return 'upgraded'
  }

  #decline(): void {
    this.#isDeclined = false
    this.#agent.write('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n')
  }

  #fromUpstream(bytes: Buffer): void {
    const begins = this.#responses.isBetween && !this.#isTunnel
    if (begins) this.#options.settleOverdue()
    if (this.#held.isHolding || (begins && this.#held.mustHold(bytes))) {
      // What arrived together is forwarded together.
      this.#agent.cork()
      this.#held.push(bytes, (passed, was) => this.#pass(passed, was))
      this.#agent.uncork()
    } else this.#pass(bytes, bytes, lentOf(bytes))
  }

  #pass(bytes: Buffer, was: Buffer, lent?: Lent): void {
    if (!this.#agent.write(bytes, lent?.use())) this.#leg?.pause()
    this.#lent = lent
    this.#responses.push(was)
    this.#tellContent()
    this.#lent = undefined
    if (this.#isEndHeld && !this.#held.isWaiting) queueMicrotask(() => this.#upstreamEnded())
  }

  #responseReader(): MessageReader<ResponseHead> {
    return new MessageReader(readResponseHead, HEAD_BYTES, {
      head: (head) => this.#responseHead(head),
      body: (_wire, content) => this.#content.push(...content),
      end: (trailers) => {
        this.#tellContent()
        if (this.#isInterim) this.#isInterim = false
        else this.#responseEnds(trailers)
      },
      opaque: (wire, reason) => {
        const request = this.#outstanding[0]?.number
        if (request === undefined) return
        this.#tellContent()
        if (reason !== undefined)
          this.#options.tell({ kind: 'unparsed', request, side: 'upstream', reason })
        // Never released: nothing reports when these bytes are processed.
        this.#lent?.use()
        this.#opaque('upstream', wire)
      },
    })
  }

  #responseHead(head: ResponseHead) {
    const asked = this.#outstanding[0]
    const length = responseBodyLength(head, asked?.head.method)
    this.#isInterim = head.status < 200 && head.status !== 101
    if (asked !== undefined) {
      const kind = this.#isInterim ? 'interim-response' : 'response-head'
      this.#options.tell({ kind, request: asked.number, head })
    }
    if (length === 'upgraded') {
      this.#isTunnel = true
      this.#requests.becomeOpaque()
    }
    return length
  }

  #responseEnds(trailers: [string, string][]): void {
    const asked = this.#outstanding.shift()
    if (asked === undefined) return
    this.#options.tell({ kind: 'response-end', request: asked.number, trailers })
    if (this.#outstanding.length > 0) return
    this.#agent.resume()
    this.#requests.resume()
  }

  #redirected(
    { status, headers }: ResponseHead,
    wire: Buffer,
  ): Buffer | Promise<Buffer | undefined> | undefined {
    const asked = this.#outstanding[0]
    const location = headerValue(headers, 'location')
    if (asked === undefined || location === undefined || status < 300) return undefined
    const { head, route } = asked
    const { routes, canReach } = this.#options
    const through = () => {
      const other = routes.location(location, route, tapOrigin(head))
      return other === undefined ? undefined : rewrittenLocation(wire, other)
    }
    const strange = routes.strangeOrigin(location, route)
    const isConnected = strange === undefined || this.#parked.has(strange)
    if (isConnected) return through()
    // If it cannot be reached, the agent must find that out itself: it waits when the network is
    // down.
    return canReach(strange).then((can) => (can ? through() : undefined))
  }

  #tellContent(): void {
    const parts = this.#content
    if (parts.length === 0) return
    const request = this.#outstanding[0]?.number
    this.#content = []
    if (request === undefined) return
    const dealtWith = this.#lent?.use()
    this.#options.tell({ kind: 'response-body', request, parts, ...(dealtWith && { dealtWith }) })
  }

  #opaque(side: Side, bytes: Buffer): void {
    const request = this.#outstanding[0]?.number ?? this.#count
    if (bytes.length > 0)
      this.#behind(() => this.#options.tell({ kind: 'opaque', request, side, bytes }))
  }

  #told(seen: { kind: 'request-body'; bytes: Buffer } | { kind: 'request-end' }): void {
    const request = this.#count
    this.#behind(() => this.#options.tell({ ...seen, request }))
  }

  /** Runs after the bytes being read have been forwarded. */
  #behind(tell: () => void): void {
    if (this.#untold === undefined) tell()
    else this.#untold.push(tell)
  }

  #agentEnded(): void {
    if (isBrokenOff(this.#agent)) {
      this.#agent.destroy(resetError())
      return
    }
    this.#isAgentOver = true
    this.#requests.end()
    this.#options.tell({ kind: 'side-closed', side: 'agent', how: 'end', code: '' })
    if (this.#leg === undefined) this.#agent.end()
    else this.#leg.end()
  }

  #agentBroke({ code = 'ECONNRESET' }: NodeJS.ErrnoException): void {
    this.#options.tell({ kind: 'side-closed', side: 'agent', how: 'reset', code })
    this.#leg?.reset()
  }

  #agentClosed(): void {
    if (!this.#isAgentOver) this.#leg?.reset()
    else if (this.#isUpstreamOver) this.#leg?.drop()
    else this.#leg?.end()
    if (this.#leg === undefined || this.#isUpstreamOver) this.#close()
  }

  #upstreamEnded(): void {
    if (this.#held.isWaiting) {
      this.#isEndHeld = true
      return
    }
    this.#isUpstreamOver = true
    this.#held.release((bytes, was) => this.#pass(bytes, was))
    this.#responses.end()
    this.#tellContent()
    this.#options.tell({ kind: 'side-closed', side: 'upstream', how: 'end', code: '' })
    this.#agent.end()
  }

  #upstreamClosed(error: NodeJS.ErrnoException | undefined): void {
    if (error !== undefined) {
      const { code = 'ECONNRESET' } = error
      this.#options.tell({ kind: 'side-closed', side: 'upstream', how: 'reset', code })
    }
    if (!this.#isUpstreamOver || error !== undefined) whenFlushed(this.#agent, reset)
    this.#isUpstreamOver = true
    if (this.#agent.destroyed) this.#close()
  }

  #unreachable(origin: string, error: NodeJS.ErrnoException): void {
    const { code = 'EIO', message } = error
    const isOwn = this.#outstanding.some(({ route }) => !route.isStrange)
    for (const { number } of this.#outstanding.splice(0))
      this.#options.tell({ kind: 'unreachable', request: number, code, message })
    // If the upstream redirected the agent, the upstream itself can be reached.
    if (isOwn) this.#options.onUnreachable(origin, error)
  }

  #dropParked(): void {
    for (const leg of this.#parked.values()) leg.drop()
    this.#parked.clear()
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#dropParked()
    this.#options.tell({ kind: 'closed' })
  }
}

/** Returns the URL to connect to for a request: an agent may reach WebSockets by another route. */
function reachedAt({ headers }: RequestHead, { origin }: Route): string {
  const isSocket = headerWords(headers, 'upgrade').includes('websocket')
  return isSocket ? origin.replace(/^http/, 'ws') : origin
}

function peerOf({ socket, isHttp2 = false }: Reached): Peer {
  const { remoteAddress, remotePort } = socket as Partial<Socket>
  return { address: remoteAddress, port: remotePort, isHttp2 }
}

/** Adds what a proxy on the way needs. */
function onTheWay(
  changes: HeadChanges,
  { origin, target }: Route,
  { form, proxyAuthorization }: Reached,
): HeadChanges {
  if (form !== 'absolute') return changes
  const added = [...(changes.added ?? [])]
  if (proxyAuthorization !== undefined) added.push(['proxy-authorization', proxyAuthorization])
  return { ...changes, target: origin + target, added }
}

/** Runs work once everything written has been passed to the system. */
function whenFlushed(socket: Socket, work: (socket: Socket) => void): void {
  if (socket.destroyed || socket.writableLength === 0) work(socket)
  else socket.write('', () => work(socket))
}
