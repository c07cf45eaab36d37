import { formsOf } from './forms.js'
import { LEARNT_FROM_TRAFFIC } from './limits.js'
import { type Marked, ruleName } from './marker.js'
import { Needle } from './needle.js'
import { NeedleIndex } from './needle-index.js'

/** How a secret came to be known. */
export type Lesson = {
  rule: string
  /** Characters below which it is marked where it stands, but not searched for. */
  shortest: number
  /** It was seen in the traffic, where new ones may come without end. */
  isFromTraffic: boolean
  /** Other spellings of the same secret that the usual forms do not include. */
  alsoSpelled?: readonly string[]
}

type KnownSecret = Marked & { needles: ReadonlyMap<string, Needle>; isFromTraffic: boolean }

/** The secrets that are known by their value, and the index that finds them. */
export class KnownSecrets {
  readonly #fingerprint: (secret: string) => string
  readonly #secrets = new Map<string, KnownSecret>()
  #fromTraffic = 0
  #index: NeedleIndex | undefined
  #isStale = false
  #fault: unknown

  constructor(fingerprint: (secret: string) => string) {
    this.#fingerprint = fingerprint
  }

  /**
   * Learns a secret, unless it is too short, and gives what stands in its marker.
   *
   * @throws what the fingerprint throws. A secret that could not be learnt could pass unseen from
   * then on, so {@link index} throws from then on, too.
   */
  learn(spelled: string, lesson: Lesson): Marked {
    try {
      return this.#learn(spelled.trim(), lesson)
    } catch (cause) {
      this.#fault ??= cause
      throw cause
    }
  }

  /** Finds all of them; not there where nothing is known. */
  get index(): NeedleIndex | undefined {
    if (this.#fault !== undefined) throw this.#fault
    if (this.#isStale) {
      this.#index = this.#indexed()
      this.#isStale = false
    }
    return this.#index
  }

  #learn(secret: string, lesson: Lesson): Marked {
    const known = this.#secrets.get(secret)
    if (known !== undefined) return this.#seenAgain(secret, known, lesson)
    const marked = { rule: ruleName(lesson.rule), fingerprint: this.#fingerprintOf(secret) }
    if (secret.length < lesson.shortest) return marked
    const needles = needlesOf([secret, ...(lesson.alsoSpelled ?? [])], lesson.shortest, marked)
    const { isFromTraffic } = lesson
    this.#secrets.set(secret, { ...marked, needles, isFromTraffic })
    if (isFromTraffic) this.#dropOldest()
    this.#isStale = true
    return marked
  }

  #fingerprintOf(secret: string): string {
    const fingerprint = this.#fingerprint(secret)
    if (/^[0-9a-f]{4}$/.test(fingerprint)) return fingerprint
    throw new TypeError('the fingerprint of a secret must be 4 hex digits')
  }

  // A map keeps the order of setting: what was seen last moves to its end.
  #seenAgain(secret: string, known: KnownSecret, { isFromTraffic }: Lesson): Marked {
    if (!known.isFromTraffic) return known
    this.#secrets.delete(secret)
    if (!isFromTraffic) this.#fromTraffic -= 1
    this.#secrets.set(secret, { ...known, isFromTraffic })
    return known
  }

  #dropOldest(): void {
    this.#fromTraffic += 1
    if (this.#fromTraffic <= LEARNT_FROM_TRAFFIC) return
    for (const [secret, { isFromTraffic }] of this.#secrets) {
      if (!isFromTraffic) continue
      this.#secrets.delete(secret)
      this.#fromTraffic -= 1
      return
    }
  }

  #indexed(): NeedleIndex | undefined {
    const byForm = new Map<string, Needle>()
    for (const { needles } of this.#secrets.values()) {
      for (const [form, needle] of needles) if (!byForm.has(form)) byForm.set(form, needle)
    }
    return byForm.size === 0 ? undefined : new NeedleIndex([...byForm.values()])
  }
}

const encoder = new TextEncoder()

function needlesOf(
  spellings: readonly string[],
  shortest: number,
  secret: Marked,
): ReadonlyMap<string, Needle> {
  const long = spellings.filter((spelling) => spelling.length >= shortest)
  const forms = new Set(long.flatMap((spelling) => [...formsOf(spelling)]))
  return new Map(Array.from(forms, (form) => [form, new Needle(encoder.encode(form), secret)]))
}
