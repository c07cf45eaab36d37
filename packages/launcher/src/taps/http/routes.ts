import { headerValue, type RequestHead } from './wire/message-head.js'

/** Where a request is forwarded to. */
export type Route = {
  /** `https://api.openai.com` */
  origin: string
  /** `api.openai.com` */
  host: string
  /** The target there: path and query. */
  target: string
  /** The prefix of the path at the tap: the secret, and the number of a strange origin. */
  prefix: string
  /** Whether the upstream redirected the agent there from another origin. */
  isStrange: boolean
}

export type RoutesOptions = {
  /** `/<secret>`, or empty. */
  secret: string
  /** The path given to the agent in place of the upstream's own. */
  base: string
  /** Depends on the request if the agent has two upstreams (Codex by its login). */
  upstream: (request: RequestHead) => URL
}

/**
 * Maps requests at the tap to their destinations: the upstream, and those origins that it has
 * redirected the agent to.
 */
export class Routes {
  readonly #options: RoutesOptions
  readonly #strange: string[] = []

  constructor(options: RoutesOptions) {
    this.#options = options
  }

  /** @param target the target of an admitted request, without the secret. */
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
   * Rewrites a redirect's `Location` to lead through the tap; undefined if it does already, or is
   * not HTTP.
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
   * Returns the real `Referer` for one that names a URL of the tap; for another origin, only that
   * origin (W3C Referrer Policy, `strict-origin-when-cross-origin`; reqwest does the same).
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

  /**
   * Returns the strange origin that a `Location` leads to, or undefined if it stays at this one.
   */
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

/** More than any upstream redirects to; further redirects pass unchanged. */
const STRANGE_ORIGINS = 1000

/** What a client drops when it is redirected to another origin (reqwest, fetch and curl alike). */
export const CREDENTIALS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'cookie2',
  'proxy-authorization',
  'www-authenticate',
])

/** Returns the address at which an agent reaches the tap. */
export function tapOrigin(head: RequestHead): string {
  return `http://${headerValue(head.headers, 'host') ?? ''}`
}

function withSlash(path: string): string {
  return path.startsWith('/') || path === '*' ? path : `/${path}`
}
