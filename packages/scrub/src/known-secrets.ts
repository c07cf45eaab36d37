import type { Automaton } from './automaton.js'
import { formsOf } from './forms.js'
import { LEARNT_COOKIES, LEARNT_CREDENTIALS, LONGEST_SECRET } from './limits.js'
import { type Marked, ruleName } from './marker.js'
import type { Needle } from './needle.js'
import { normalForm } from './normal-form.js'
import { type Meaning, SearchIndex } from './search-index.js'
import { isWorthSearching } from './weight.js'

/** Where a secret was seen: traffic may bring any number of them. */
export type Origin = 'host' | 'request' | 'cookie'

/** How a secret came to be known. */
export type Lesson = {
  rule: string
  /** A shorter one is marked in its place, but not searched for. */
  shortest: number
  origin: Origin
  /** Somebody says that it is a secret, whatever it looks like. */
  isCertain?: boolean
  /** Other spellings of the secret, which the usual forms do not include. */
  alsoSpelled?: readonly string[]
}

type KnownSecret = Marked & { needles: ReadonlyMap<string, Needle>; origin: Origin }

const MOST: Readonly<Record<Origin, number>> = {
  host: Number.POSITIVE_INFINITY,
  request: LEARNT_CREDENTIALS,
  cookie: LEARNT_COOKIES,
}

/** The secrets known by their value, and the index that finds them and all shapes. */
export class KnownSecrets {
  readonly #fingerprint: (secret: string) => string
  readonly #anchors: Automaton<Meaning>
  /** An agent sends the same secrets with each request, and an HMAC takes longer than to find them. */
  readonly #fingerprints = new Map<string, string>()
  readonly #secrets = new Map<string, KnownSecret>()
  readonly #counts: Record<Origin, number> = { host: 0, request: 0, cookie: 0 }
  #index: SearchIndex | undefined
  /** What the index finds, by its form. */
  #found = new Map<string, Needle>()
  /** What the index must find in addition. */
  #news: Needle[] = []
  #fault: unknown

  /** @param anchors what shapes begin with. */
  constructor(fingerprint: (secret: string) => string, anchors: Automaton<Meaning>) {
    this.#fingerprint = fingerprint
    this.#anchors = anchors
  }

  /** Returns what the marker says for a secret that is not learnt. */
  mark(rule: string, secret: string): Marked {
    return { rule: ruleName(rule), fingerprint: this.#fingerprintOf(secret) }
  }

  /**
   * Learns a secret, unless it is too short or too common, and returns what its marker says.
   *
   * @throws what the fingerprint throws. A secret that was not learnt could pass unseen, so {@link
   * index} throws from then on, too.
   */
  learn(spelled: string, lesson: Lesson): Marked {
    try {
      return this.#learn(spelled.trim(), lesson)
    } catch (cause) {
      this.#fault ??= cause
      throw cause
    }
  }

  /** The index that finds all of them. */
  get index(): SearchIndex {
    if (this.#fault !== undefined) throw this.#fault
    if (this.#news.length > 0) this.#index = this.#index?.with(this.#news)
    this.#news = []
    this.#index ??= this.#newIndex()
    return this.#index
  }

  /** The same, if it is already built and complete. */
  get readyIndex(): SearchIndex | undefined {
    return this.#fault === undefined && this.#news.length === 0 ? this.#index : undefined
  }

  #learn(secret: string, lesson: Lesson): Marked {
    const known = this.#secrets.get(secret)
    if (known !== undefined) return this.#seenAgain(secret, known, lesson)
    const marked = this.mark(lesson.rule, secret)
    if (!isSearchedFor(secret, lesson)) return marked
    const needles = needlesOf([secret, ...(lesson.alsoSpelled ?? [])], lesson, marked)
    const { origin } = lesson
    this.#secrets.set(secret, { ...marked, needles, origin })
    this.#counts[origin] += 1
    this.#note(needles)
    this.#dropOldest(origin)
    return marked
  }

  #note(needles: ReadonlyMap<string, Needle>): void {
    if (this.#index === undefined) return
    for (const [form, needle] of needles) {
      if (this.#found.has(form)) continue
      this.#found.set(form, needle)
      this.#news.push(needle)
    }
  }

  #fingerprintOf(secret: string): string {
    const known = this.#fingerprints.get(secret)
    if (known !== undefined) return known
    const fingerprint = this.#fingerprint(secret)
    if (!/^[0-9a-f]{4}$/.test(fingerprint))
      throw new TypeError('the fingerprint of a secret must be 4 hex digits')
    if (secret.length > LONGEST_SECRET) return fingerprint
    if (this.#fingerprints.size >= KNOWN_FINGERPRINTS) this.#fingerprints.clear()
    this.#fingerprints.set(secret, fingerprint)
    return fingerprint
  }

  // A map keeps insertion order: the most recently seen moves to the end. A cookie that is also a
  // credential counts as a credential.
  #seenAgain(secret: string, known: KnownSecret, { origin }: Lesson): Marked {
    if (known.origin === 'host') return known
    const now = known.origin === 'cookie' ? origin : known.origin
    this.#secrets.delete(secret)
    this.#counts[known.origin] -= 1
    this.#counts[now] += 1
    this.#secrets.set(secret, { ...known, origin: now })
    return known
  }

  #dropOldest(origin: Origin): void {
    if (this.#counts[origin] <= MOST[origin]) return
    for (const [secret, known] of this.#secrets) {
      if (known.origin !== origin) continue
      this.#secrets.delete(secret)
      this.#counts[origin] -= 1
      this.#index = undefined
      return
    }
  }

  #newIndex(): SearchIndex {
    this.#found = new Map()
    for (const { needles } of this.#secrets.values()) {
      for (const [form, needle] of needles)
        if (!this.#found.has(form)) this.#found.set(form, needle)
    }
    return new SearchIndex(this.#anchors, [...this.#found.values()])
  }
}

function isSearchedFor(secret: string, { shortest, isCertain }: Lesson): boolean {
  return isCertain === true ? secret.length >= shortest : isWorthSearching(secret, shortest)
}

const encoder = new TextEncoder()

function needlesOf(
  spellings: readonly string[],
  { shortest }: Lesson,
  secret: Marked,
): ReadonlyMap<string, Needle> {
  const needles = new Map<string, Needle>()
  for (const spelling of spellings) {
    if (spelling.length < shortest) continue
    for (const form of formsOf(spelling.slice(0, LONGEST_SECRET))) {
      const bytes = normalForm(encoder.encode(form))
      if (bytes.length >= SHORTEST_NEEDLE)
        needles.set(String.fromCharCode(...bytes), { bytes, secret })
    }
  }
  return needles
}

const KNOWN_FINGERPRINTS = 512

/** Without its line breaks and escapes, little may be left of a secret. */
const SHORTEST_NEEDLE = 6
