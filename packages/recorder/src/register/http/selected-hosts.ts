import { asksModel } from '@tacho/model'
import { unpatched } from '../apart/unpatched.js'
import { isKnownHost } from './known-hosts.js'

/**
 * Lists the hosts recorded with their bodies: `api.example.com,*.example.org,localhost:8080`, or
 * `*`.
 */
const HOSTS_VARIABLE = 'TACHO_HOSTS'

/** Decides which requests are recorded with their bodies. The others only get spans. */
export class SelectedHosts {
  readonly #environment: NodeJS.ProcessEnv
  readonly #asked: readonly string[] | undefined
  /**
   * Decisions by host. Each new host reads the environment again: a program may load variables from
   * a file.
   */
  readonly #known = new Map<string, boolean>()

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment
    const words = (environment[HOSTS_VARIABLE] ?? '').split(',').map((word) => word.trim())
    const asked = words.filter((word) => word !== '').map((word) => word.toLowerCase())
    this.#asked = asked.length > 0 ? asked : undefined
  }

  /**
   * Whether a request is recorded with its bodies. By default these are requests to known hosts of
   * model APIs, to hosts named by a variable `…_BASE_URL`, and any that look like requests to a
   * model API.
   */
  has(url: URL, method: string): boolean {
    const { host } = url
    let isKnown = this.#known.get(host)
    if (isKnown === undefined) {
      isKnown = this.#asked?.some((one) => isMeant(one, url)) ?? this.#isUsual(url)
      this.#known.set(host, isKnown)
    }
    return isKnown || (this.#asked === undefined && asksModel(method, url.pathname))
  }

  #isUsual(url: URL): boolean {
    if (isKnownHost(url)) return true
    return Object.entries(this.#environment).some(
      ([name, value]) => name.endsWith('_BASE_URL') && hostIn(value) === url.host,
    )
  }
}

function isMeant(asked: string, { host, hostname }: URL): boolean {
  if (asked === '*') return true
  if (asked.startsWith('*.'))
    return hostname.endsWith(asked.slice(1)) || host.endsWith(asked.slice(1))
  return asked === host || asked === hostname
}

function hostIn(url: string | undefined): string | undefined {
  return url !== undefined && unpatched.canParse(url) ? new unpatched.URL(url).host : undefined
}
