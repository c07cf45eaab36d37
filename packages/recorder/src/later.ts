import {
  AWAITED_MILLISECONDS,
  DEFER_MILLISECONDS,
  FLOW_BYTES,
  OVERDUE_MILLISECONDS,
  SLICE_MILLISECONDS,
  WAITING_BYTES,
} from './limits.js'

/**
 * Work that belongs together: it can be settled at once, along with everything queued before it.
 */
export type Lane = {
  /**
   * Runs the work as soon as everything that has arrived for the host has been forwarded.
   *
   * @param work must not throw.
   * @param bytes how many bytes it keeps in memory.
   */
  do(work: () => void, bytes?: number): void
  /** Runs now what {@link do} was given, and everything queued before it in any lane. */
  settle(): void
  /** The same, if its first work has waited for {@link OVERDUE_MILLISECONDS}. */
  settleOverdue(): void
}

type Waiting = { work: (() => void) | undefined; bytes: number }

/**
 * Queues Tacho's work until it is in nobody's way. It runs in order, a slice at a time, so that
 * anything that arrives for the host in between goes first. There are two queues: work that must be
 * on disk before the host gets its answer, and work that may wait a little longer.
 */
export class Later {
  #waiting: Waiting[] = []
  #bytes = 0
  #isPlanned = false
  /** Whether so much has arrived since the last check that more is about to. */
  #isFlowing = false
  #deferred: (() => void)[] = []
  /** What the host waits for, and since when. */
  readonly #awaited = new Map<object, number>()
  #timer: NodeJS.Timeout | undefined
  #late: NodeJS.Timeout | undefined
  #next: NodeJS.Immediate | undefined

  /** Creates a lane, for work that must be done before something else. */
  lane(): Lane {
    const own: Waiting[] = []
    let since = 0
    // Settles earlier lanes too, because no request may be recorded before one that was made
    // earlier.
    const settle = () => {
      const last = own.findLast(({ work }) => work !== undefined)
      own.length = 0
      if (last !== undefined) this.#runUpTo(last)
    }
    return {
      do: (work, bytes = 0) => {
        while (own.length > 0 && own[0]?.work === undefined) own.shift()
        if (own.length === 0) since = performance.now()
        own.push(this.#add(work, bytes))
      },
      settle,
      settleOverdue: () => {
        if (performance.now() - since > OVERDUE_MILLISECONDS) settle()
      },
    }
  }

  /**
   * Runs the work within {@link DEFER_MILLISECONDS}, after what lanes were given before. A server
   * on the same machine answers sooner than that, and needs the processor itself.
   *
   * @param work must not throw.
   */
  defer(work: () => void): void {
    if (this.#deferred.push(work) > 1) return
    this.#timer = setTimeout(() => this.#deferredSlice(), DEFER_MILLISECONDS)
    this.#timer.unref()
  }

  /**
   * Notes that the host waits for something that may arrive at once. Our work waits too: lanes for
   * at most {@link DEFER_MILLISECONDS}, the rest for {@link AWAITED_MILLISECONDS}.
   */
  awaits(what: object): void {
    this.#awaited.set(what, performance.now())
  }

  /** Notes that it has arrived, or never will. */
  hasCome(what: object): void {
    if (this.#awaited.delete(what) && this.#waiting.length > 0) this.#plan()
  }

  /** Runs everything now, including what that defers in turn. */
  settleAll(): void {
    this.#settle()
    for (;;) {
      const work = this.#deferred.shift()
      if (work === undefined) break
      work()
    }
    clearTimeout(this.#timer)
    clearImmediate(this.#next)
    clearTimeout(this.#late)
    this.#late = undefined
  }

  #add(work: () => void, bytes: number): Waiting {
    const waiting = { work, bytes }
    this.#waiting.push(waiting)
    this.#bytes += bytes
    this.#isFlowing ||= bytes >= FLOW_BYTES
    // Bounded, whatever the host does: above the limit, the host waits for us.
    while (this.#bytes > WAITING_BYTES) this.#run(this.#waiting.shift() ?? waiting)
    this.#plan()
    return waiting
  }

  #plan(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    // Two rounds: in between, whatever follows a message's first bytes arrives and is forwarded.
    setImmediate(() =>
      setImmediate(() => {
        this.#isPlanned = false
        const isFlowing = this.#isFlowing
        this.#isFlowing = false
        if (this.#isAwaited(DEFER_MILLISECONDS)) this.#planLate()
        else if (isFlowing) this.#plan()
        else this.#slice()
      }),
    )
  }

  /** Tries again later, unless what is awaited arrives first. */
  #planLate(): void {
    if (this.#late !== undefined) return
    this.#late = setTimeout(() => {
      this.#late = undefined
      if (this.#waiting.length > 0) this.#plan()
    }, DEFER_MILLISECONDS)
    this.#late.unref()
  }

  #slice(): void {
    this.#runUntil(performance.now() + SLICE_MILLISECONDS)
    if (this.#waiting.length > 0) this.#plan()
  }

  #runUntil(end: number): void {
    for (;;) {
      const waiting = this.#waiting.shift()
      if (waiting === undefined) return
      this.#run(waiting)
      if (performance.now() >= end) return
    }
  }

  #runUpTo(last: Waiting): void {
    while (last.work !== undefined) this.#run(this.#waiting.shift() ?? last)
  }

  #settle(): void {
    for (const waiting of this.#waiting.splice(0)) this.#run(waiting)
  }

  #run(waiting: Waiting): void {
    const { work } = waiting
    if (work === undefined) return
    waiting.work = undefined
    this.#bytes -= waiting.bytes
    work()
  }

  #isAwaited(milliseconds: number): boolean {
    const latest = performance.now() - milliseconds
    for (const since of this.#awaited.values()) if (since > latest) return true
    return false
  }

  #deferredSlice(): void {
    if (this.#isAwaited(AWAITED_MILLISECONDS)) {
      this.#timer = setTimeout(() => this.#deferredSlice(), 1)
      this.#timer.unref()
      return
    }
    const end = performance.now() + SLICE_MILLISECONDS
    this.#runUntil(end)
    while (this.#waiting.length === 0 && performance.now() < end) {
      const work = this.#deferred.shift()
      if (work === undefined) return
      work()
    }
    this.#next = setImmediate(() => this.#deferredSlice())
    this.#next.unref()
  }
}
