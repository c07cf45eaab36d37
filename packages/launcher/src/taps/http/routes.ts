import { headerValue, type RequestHead } from './wire/message-head.js'

/** Where a request goes on to. */
export type Route = {
  /** `https://api.openai.com` */
  origin: string
  /** `api.openai.com` */
  host: string
  /** The target there: path and query. */
  target: string
  /** What stands before the path at the tap: the secret, and the number of a strange origin. */
  prefix: string
  /** The upstream sent the agent there from another origin. */
  isStrange: boolean
}

export type RoutesOptions = {
  /** `/<secret>`, or nothing. */
  secret: string
  /** The path that the agent was given in the place of the upstream's own. */
  base: string
  /** Chosen by the request where the agent has two (Codex by its login). */
  upstream: (request: RequestHead) => URL
}

/**
 * Which request at the tap is for which place: all go to the upstream, and to those origins that it
 * has itself redirected the agent to.
 */
export class Routes {
  readonly #options: RoutesOptions
  readonly #strange: string[] = []

  constructor(options: RoutesOptions) {
    this.#options = options
  }

  /** @param target of a request that was let in, without the secret. */
  routeOf(head: RequestHead, target: string): Route | undefined {
    const strange = /^\/~(\d{1,6})(?=[/?]|$)/.exec(target)
    if (strange !== null) return this.#strangeRoute(target, strange[0], Number(strange[1]))
    const { secret, base, upstream } = this.#options
    const { origin, host, pathname } = upstream(head)
    const own = pathname.replace(/(?<!\/)\/+$/, '')
    const isBelow = target.startsWith(base) && /^([/?]|$)/.test(target.slice(base.length))
    const path = isBelow ? own + target.slice(base.length) : target
    return { origin, host, target: withSlash(path), prefix: secret, isStrange: false }
  }

  /**
   * The `Location` of a redirection so that it leads back here; nothing where it does already, or
   * leads to what is no HTTP.
   *
   * @param tap `http://127.0.0.1:PORT`, as the agent calls it.
   */
  location(value: string, route: Route, tap: string): string | undefined {
    const isRelative = !/^([a-z][a-z\d+.-]*:|\/\/)/i.test(value)
    if (isRelative) {
      return value.startsWith('/') && route.prefix !== '' ? route.prefix + value : undefined
    }
    if (!URL.canParse(value, route.origin)) return undefined
    const url = new URL(value, route.origin)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
    const prefix = url.origin === route.origin ? route.prefix : this.#prefixOf(url.origin)
    if (prefix === undefined) return undefined
    return `${tap}${prefix}${url.pathname}${url.search}${url.hash}`
  }

  /**
   * What `Referer` is to be where it names a page of ours: the one that it stands for, and of
   * another origin only that (W3C Referrer Policy, `strict-origin-when-cross-origin`; reqwest alike).
   *
   * @param origin where the request goes.
   */
  referer(head: RequestHead, origin: string): string | undefined {
    const value = headerValue(head.headers, 'referer')
    if (value === undefined) return undefined
    const page = tapOrigin(head) + this.#options.secret
    if (!value.startsWith(page)) return undefined
    const route = this.routeOf(head, value.slice(page.length) || '/')
    if (route === undefined) return undefined
    return route.origin === origin ? route.origin + route.target : `${route.origin}/`
  }

  /** The strange origin that a `Location` leads to; nothing where it stays at this one. */
  strangeOrigin(value: string, { origin }: Route): string | undefined {
    if (!URL.canParse(value, origin)) return undefined
    const url = new URL(value, origin)
    const isHttp = url.protocol === 'http:' || url.protocol === 'https:'
    return isHttp && url.origin !== origin ? url.origin : undefined
  }

  #strangeRoute(target: string, prefix: string, number: number): Route | undefined {
    const origin = this.#strange[number - 1]
    if (origin === undefined) return undefined
    return {
      origin,
      host: new URL(origin).host,
      target: withSlash(target.slice(prefix.length)),
      prefix: this.#options.secret + prefix,
      isStrange: true,
    }
  }

  #prefixOf(origin: string): string | undefined {
    const known = this.#strange.indexOf(origin)
    if (known < 0 && this.#strange.length >= STRANGE_ORIGINS) return undefined
    const number = known < 0 ? this.#strange.push(origin) : known + 1
    return `${this.#options.secret}/~${number}`
  }
}

/** No upstream sends an agent to this many; what comes then passes as it is. */
const STRANGE_ORIGINS = 1000

/** What a client leaves out when it is sent to another origin (reqwest, fetch and curl alike). */
export const CREDENTIALS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'cookie2',
  'proxy-authorization',
  'www-authenticate',
])

/** The address at which an agent speaks to the tap. */
export function tapOrigin(head: RequestHead): string {
  return `http://${headerValue(head.headers, 'host') ?? ''}`
}

function withSlash(path: string): string {
  return path.startsWith('/') || path === '*' ? path : `/${path}`
}
