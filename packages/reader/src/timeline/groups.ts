import type { SessionParts, Thread } from '@tacho/model'
import type { Session } from '../read-session.js'
import type { Place } from './places.js'
import type { TimelineEntry } from './timeline.js'

/** Entries that belong together: a heading and what is below it, or a single entry. */
export type Block = { at: number; run: string | undefined; entries: TimelineEntry[] }

type Heading = Extract<TimelineEntry, { kind: 'turn' | 'thread' }>

/** A turn, or a thread outside its turns, with what belongs to it. */
export type Group = { heading: Heading; run: string | undefined; entries: TimelineEntry[] }

/** The groups of a time line: one for each turn, and one for each thread outside its turns. */
export class Groups {
  readonly #all: Group[] = []
  readonly #byTurn = new Map<string, Group>()
  readonly #byThread = new Map<string, Group>()
  readonly #threads: ReadonlyMap<string, Thread>

  constructor({ spans, runs }: Session, { threads }: SessionParts) {
    const ids = new Set(runs.map(({ id }) => id))
    this.#threads = new Map(threads.map((thread) => [thread.id, thread]))
    for (const thread of threads) {
      for (const turn of thread.turns) {
        const span = spans.get(turn.spanId)
        if (span === undefined) continue
        const heading = { kind: 'turn', at: turn.startedAt, depth: 0, span, turn, thread } as const
        const run = ids.has(span.parentSpanId ?? '') ? span.parentSpanId : undefined
        this.#byTurn.set(turn.spanId, this.#add({ heading, run, entries: [] }))
      }
    }
  }

  /** Returns the group at a place; undefined if that is directly below the session. */
  of({ turn, threadId, run }: Place): Group | undefined {
    const group = turn === undefined ? undefined : this.#byTurn.get(turn)
    if (group !== undefined) return group
    const thread = this.#threads.get(threadId ?? '')
    if (thread === undefined || thread.kind === 'user') return undefined
    const known = this.#byThread.get(thread.id)
    if (known !== undefined) return known
    const heading = { kind: 'thread', at: Number.POSITIVE_INFINITY, depth: 0, thread } as const
    const added = this.#add({ heading, run, entries: [] })
    this.#byThread.set(thread.id, added)
    return added
  }

  /** Returns each group as shown: its contents in order of start. */
  blocks(): Block[] {
    return this.#all.map(({ heading, run, entries }) => {
      entries.sort((one, other) => one.at - other.at || one.depth - other.depth)
      const at = Math.min(heading.at, entries[0]?.at ?? heading.at)
      return { at, run, entries: [{ ...heading, at }, ...entries] }
    })
  }

  #add(group: Group): Group {
    this.#all.push(group)
    return group
  }
}
