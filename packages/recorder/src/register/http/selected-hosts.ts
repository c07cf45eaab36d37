import { asksModel } from '@tacho/model'
import { unpatched } from '../apart/unpatched.js'
import { isKnownHost } from './known-hosts.js'

/** Names what is recorded with its bodies: `api.example.com,*.example.org,localhost:8080`, or `*`. */
const HOSTS_VARIABLE = 'TACHO_HOSTS'

/** Which requests are recorded with their bodies. Of the others there are spans alone. */
export class SelectedHosts {
  readonly #environment: NodeJS.ProcessEnv
  readonly #asked: readonly string[] | undefined
  /** What was decided of a host. It is asked for anew with each that is new: a program may read a file of variables. */
  readonly #known = new Map<string, boolean>()

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment
    const words = (environment[HOSTS_VARIABLE] ?? '').split(',').map((word) => word.trim())
    const asked = words.filter((word) => word !== '').map((word) => word.toLowerCase())
    this.#asked = asked.length > 0 ? asked : undefined
  }

  /**
   * Where nobody says otherwise: the hosts of model APIs that are known, those that a variable
   * `…_BASE_URL` names, and whatever is asked as a model API is asked.
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

  #isUsual({ host, hostname }: URL): boolean {
    if (isKnownHost(hostname)) return true
    return Object.entries(this.#environment).some(
      ([name, value]) => name.endsWith('_BASE_URL') && hostIn(value) === host,
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
