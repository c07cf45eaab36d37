import {
  BEGINNINGS_BYTES,
  type Beginning,
  type Beginnings,
  hashOfThree,
  noBeginnings,
  noteBeginning,
} from './beginnings.js'

/** A byte sequence to search for, and what it stands for. */
export type Pattern<Meaning> = Beginning & { meaning: Meaning }

export type Searched = { until: number; begun: number; telling: number }

/**
 * Finds many patterns in one pass, in time that depends only on the text: Aho and Corasick's search
 * ("Efficient string matching", 1975), which is idle until it meets four bytes with which a pattern
 * begins. The existing packages work on whole strings and keep a map per state; this one works on
 * bytes in pieces, and reports how much of a pattern is at the end of its input.
 */
export class Automaton<Meaning> {
  /**
   * For each state with one child, that child's byte and state; with several, where its row begins.
   */
  readonly #onlyByte: Int16Array
  readonly #onlyChild: Int32Array
  #rows: Int32Array = new Int32Array(0)
  #rowCount = 0
  readonly #fail: Int32Array
  readonly #depth: Int32Array
  /** The nearest state, itself or along the failure links, at which a pattern ends. */
  readonly #ending: Int32Array
  readonly #endingBehind: Int32Array
  /** For each state, the index of its meanings; 0 if it has none. */
  readonly #meaningsOf: Int32Array
  readonly #meanings: Meaning[][] = [[]]
  /** What the patterns begin with. */
  readonly beginnings: Beginnings = noBeginnings()
  /** For each state, one of the patterns that pass through it. */
  readonly #through: Int32Array
  readonly #isTelling: Uint8Array
  readonly #patterns: readonly Pattern<Meaning>[]
  /** The byte that leads to a state. */
  readonly #bytes: Uint8Array
  /** How many states follow a state, each the only child of the one before and not an end. */
  readonly #chain: Uint16Array
  /**
   * By the hash of three bytes, the state that they lead to; {@link SEVERAL} if it is ambiguous.
   */
  readonly #thirds = new Int32Array(BEGINNINGS_BYTES)
  /** The first two of them. */
  readonly #pairs = new Uint16Array(BEGINNINGS_BYTES)
  #states = 1
  /** Made when it is first asked for: most texts have nothing that begins like a pattern. */
  #byHash: Map<number, Pattern<Meaning>[]> | undefined

  /** @param patterns of at least three bytes each. */
  constructor(patterns: readonly Pattern<Meaning>[]) {
    const most = patterns.reduce((sum, { bytes }) => sum + bytes.length, 1)
    this.#patterns = patterns
    this.#through = new Int32Array(most)
    this.#isTelling = new Uint8Array(most)
    this.#onlyByte = new Int16Array(most).fill(-1)
    this.#onlyChild = new Int32Array(most)
    this.#meaningsOf = new Int32Array(most)
    this.#fail = new Int32Array(most)
    this.#depth = new Int32Array(most)
    this.#ending = new Int32Array(most)
    this.#endingBehind = new Int32Array(most)
    this.#bytes = new Uint8Array(most)
    this.#chain = new Uint16Array(most)
    const parents = new Int32Array(most)
    for (const [number, pattern] of patterns.entries()) this.#add(pattern, number, parents)
    this.#link(parents)
    this.#findChains()
  }

  /**
   * Reports each pattern that begins in a part of a text, in order of their ends.
   *
   * @param candidates places of four bytes with which something searched for may begin; must
   * include all those after `from` at which a pattern does.
   * @param until from where on nothing is needed.
   * @param found receives what a pattern stands for, and where it ends. Returns the new `until`.
   * @returns the last `until`; where the longest prefix of a pattern begins that reaches the end of
   * the text; and the longest that has three bytes or more, or belongs to a pattern whose first two
   * already mean something.
   */
  search(
    text: Uint8Array,
    from: number,
    to: number,
    candidates: Int32Array,
    until: number,
    found: (meaning: Meaning, end: number) => number,
  ): Searched {
    this.#state = 0
    this.#until = until
    const at = this.#followAll(text, from, to, candidates, found)
    const tail = Math.max(at, to - 3)
    if (tail < to && tail < this.#until) this.#follow(text, tail, to, SEVERAL, found)
    return this.#searched(to)
  }

  // Only the loop: leaving code that V8 compiled while the loop ran (on-stack replacement) is slow.
  #followAll(
    text: Uint8Array,
    from: number,
    to: number,
    candidates: Int32Array,
    found: (meaning: Meaning, end: number) => number,
  ): number {
    const thirds = this.#thirds
    const pairs = this.#pairs
    let at = from
    for (let index = 0; index < candidates.length; index += 1) {
      const candidate = candidates[index] ?? 0
      if (candidate < at || candidate + 3 > to) continue
      if (candidate >= this.#until) break
      const hash = hashOfThree(text, candidate)
      const third = thirds[hash] ?? 0
      if (third === 0) continue
      const pair = (text[candidate] ?? 0) | ((text[candidate + 1] ?? 0) << 8)
      // The hash and two of its bytes determine the third.
      if (third !== SEVERAL && pairs[hash] !== pair) continue
      at = this.#follow(text, candidate, to, third, found)
    }
    return at
  }

  /** Returns the patterns that begin with three bytes of this hash. */
  beginningWith(hash: number): readonly Pattern<Meaning>[] {
    this.#byHash ??= byHash(this.#patterns)
    return this.#byHash.get(hash) ?? []
  }

  #searched(to: number): Searched {
    while (this.#state !== 0 && this.#onlyByte[this.#state] === -1)
      this.#state = this.#fail[this.#state] ?? 0
    let telling = this.#state
    while (telling !== 0 && this.#isTelling[telling] === 0) telling = this.#fail[telling] ?? 0
    return {
      until: this.#until,
      begun: to - (this.#depth[this.#state] ?? 0),
      telling: to - (this.#depth[telling] ?? 0),
    }
  }

  /**
   * The pattern that was incomplete at the end of the last search, if any, and how much of it was
   * there.
   */
  get unfinished(): { meaning: Meaning; length: number } | undefined {
    const pattern = this.#state === 0 ? undefined : this.#patterns[this.#through[this.#state] ?? 0]
    return pattern && { meaning: pattern.meaning, length: this.#depth[this.#state] ?? 0 }
  }

  #state = 0
  /** What begins from here on is not needed. */
  #until = 0

  /**
   * Follows the patterns that begin at a place, and those that begin within them.
   *
   * @param third the state that its first three bytes lead to, if known.
   * @returns the place before which every pattern that begins has been followed.
   */
  #follow(
    text: Uint8Array,
    from: number,
    to: number,
    third: number,
    found: (meaning: Meaning, end: number) => number,
  ): number {
    const ending = this.#ending
    const onlyByte = this.#onlyByte
    const onlyChild = this.#onlyChild
    const chain = this.#chain
    const bytes = this.#bytes
    const rows = this.#rows
    let state = 0
    let at = from
    if (third !== SEVERAL) {
      state = third
      at = from + 3
      if (ending[state] !== 0) this.#tell(state, at, found)
    }
    while (at < to) {
      const most = Math.min(chain[state] ?? 0, to - at)
      if (most > 0) {
        let alike = 0
        while (alike < most && bytes[state + alike + 1] === text[at + alike]) alike += 1
        state += alike
        at += alike
        if (at === to) break
      }
      const byte = text[at] ?? 0
      const only = onlyByte[state]
      let next = 0
      if (only === byte) next = onlyChild[state] ?? 0
      else if (only === MANY) next = rows[(onlyChild[state] ?? 0) + byte] ?? 0
      if (next === 0) {
        if (state === 0) at += 1
        else state = this.#fail[state] ?? 0
        const depth = this.#depth[state] ?? 0
        // What remains begins later, and is a candidate itself if it matters.
        if (depth < 3 && to - at + depth > 3) {
          this.#state = 0
          return at - depth
        }
        continue
      }
      state = next
      at += 1
      if (ending[state] !== 0) this.#tell(state, at, found)
    }
    this.#state = state
    return at
  }

  #tell(state: number, at: number, found: (meaning: Meaning, end: number) => number): void {
    for (let end = this.#ending[state] ?? 0; end !== 0; end = this.#endingBehind[end] ?? 0) {
      const meanings = this.#meanings[this.#meaningsOf[end] ?? 0] ?? []
      for (let index = 0; index < meanings.length; index += 1) {
        const meaning = meanings[index]
        if (meaning !== undefined) this.#until = found(meaning, at)
      }
    }
  }

  #child(state: number, byte: number): number {
    const only = this.#onlyByte[state]
    if (only === byte) return this.#onlyChild[state] ?? 0
    if (only !== MANY) return 0
    return this.#rows[(this.#onlyChild[state] ?? 0) + byte] ?? 0
  }

  #add(pattern: Pattern<Meaning>, number: number, parents: Int32Array): void {
    noteBeginning(this.beginnings, pattern)
    const { bytes, meaning, isTelling } = pattern
    let state = 0
    for (const byte of bytes) {
      let next = this.#child(state, byte)
      if (next === 0) {
        next = this.#states
        this.#states += 1
        this.#setChild(state, byte, next)
        this.#depth[next] = (this.#depth[state] ?? 0) + 1
        parents[next] = state
        this.#bytes[next] = byte
        this.#through[next] = number
      }
      state = next
      const depth = this.#depth[state] ?? 0
      if (isTelling === true || depth > 2) this.#isTelling[state] = 1
      if (depth === 3) this.#noteThird(bytes, state)
    }
    const list = this.#meaningsOf[state] ?? 0
    if (list !== 0) this.#meanings[list]?.push(meaning)
    else this.#meaningsOf[state] = this.#meanings.push([meaning]) - 1
  }

  #noteThird(bytes: Uint8Array, state: number): void {
    const hash = hashOfThree(bytes, 0)
    const other = this.#thirds[hash] ?? 0
    this.#thirds[hash] = other === 0 || other === state ? state : SEVERAL
    this.#pairs[hash] = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8)
  }

  #setChild(state: number, byte: number, child: number): void {
    const only = this.#onlyByte[state]
    if (only === -1) {
      this.#onlyByte[state] = byte
      this.#onlyChild[state] = child
      return
    }
    if (only !== MANY) {
      const row = this.#newRow()
      this.#rows[row + (only ?? 0)] = this.#onlyChild[state] ?? 0
      this.#onlyByte[state] = MANY
      this.#onlyChild[state] = row
    }
    this.#rows[(this.#onlyChild[state] ?? 0) + byte] = child
  }

  /** Returns where a new row begins. */
  #newRow(): number {
    const row = this.#rowCount * 256
    this.#rowCount += 1
    if (row === this.#rows.length) {
      const rows = new Int32Array(Math.max(16 * 256, row * 2))
      rows.set(this.#rows)
      this.#rows = rows
    }
    return row
  }

  // By depth, because a state's failure link leads to a shallower one.
  #link(parents: Int32Array): void {
    const labels = this.#bytes
    const states = byDepth(this.#depth.subarray(0, this.#states))
    // State 0 is the root.
    for (let number = 1; number < states.length; number += 1) {
      const state = states[number] ?? 0
      const parent = parents[state] ?? 0
      const byte = labels[state] ?? 0
      let fail = 0
      if (parent !== 0) {
        let before = this.#fail[parent] ?? 0
        fail = this.#child(before, byte)
        while (fail === 0 && before !== 0) {
          before = this.#fail[before] ?? 0
          fail = this.#child(before, byte)
        }
      }
      this.#fail[state] = fail
      const behind = this.#ending[fail] ?? 0
      this.#endingBehind[state] = behind
      this.#ending[state] = this.#meaningsOf[state] === 0 ? behind : state
    }
  }

  // From the last state to the first, because a chain's length depends on those that follow.
  #findChains(): void {
    for (let state = this.#states - 2; state > 0; state -= 1) {
      const next = state + 1
      if ((this.#onlyByte[state] ?? 0) < 0 || this.#onlyChild[state] !== next) continue
      if (this.#ending[next] === 0)
        this.#chain[state] = Math.min(LONGEST_CHAIN, 1 + (this.#chain[next] ?? 0))
    }
  }
}

const LONGEST_CHAIN = 0xffff

/** Marks a state with several children. */
const MANY = -2

/** Marks several possible states, or any of them. */
const SEVERAL = -1

function byHash<Meaning>(patterns: readonly Pattern<Meaning>[]): Map<number, Pattern<Meaning>[]> {
  const grouped = new Map<number, Pattern<Meaning>[]>()
  for (const pattern of patterns) {
    const hash = hashOfThree(pattern.bytes, 0)
    const group = grouped.get(hash)
    if (group === undefined) grouped.set(hash, [pattern])
    else group.push(pattern)
  }
  return grouped
}

function byDepth(depths: Int32Array): Int32Array {
  let most = 0
  for (let state = 0; state < depths.length; state += 1) most = Math.max(most, depths[state] ?? 0)
  const next = new Int32Array(most + 2)
  for (let state = 0; state < depths.length; state += 1) {
    const behind = (depths[state] ?? 0) + 1
    next[behind] = (next[behind] ?? 0) + 1
  }
  for (let depth = 1; depth <= most; depth += 1)
    next[depth] = (next[depth] ?? 0) + (next[depth - 1] ?? 0)
  const sorted = new Int32Array(depths.length)
  for (let state = 0; state < depths.length; state += 1) {
    const depth = depths[state] ?? 0
    sorted[next[depth] ?? 0] = state
    next[depth] = (next[depth] ?? 0) + 1
  }
  return sorted
}
