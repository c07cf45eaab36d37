import type { Attributes } from '@tacho/format'
import { derivedId } from './derived-id.js'
import type { Emit, SpanStarted } from './span-change.js'

type Open = {
  startedAt: number
  parent: string | undefined
  /** How many of its children are open, and when the last of those that ended did so. */
  children: number
  childrenEnded: number
  /** Its own end, if it is waiting for its children. */
  end: { at: number; attributes: Attributes; error: SpanError } | undefined
}

type SpanError = { message?: string | undefined } | undefined

/**
 * The open spans of a run. No parent ends before its child: an end that comes too early waits, and
 * takes the time of the last child's end.
 */
export class SpanBook {
  readonly #emit: Emit
  readonly #runId: string
  readonly #open = new Map<string, Open>()

  constructor(runId: string, emit: Emit) {
    this.#runId = runId
    this.#emit = emit
  }

  /** Returns the id of the span about this thing of this run. */
  idOf(kind: string, key: string): string {
    return derivedId(this.#runId, kind, key)
  }

  isOpen(spanId: string): boolean {
    return this.#open.has(spanId)
  }

  /** Returns when an open span started. */
  startedAt(spanId: string): number | undefined {
    return this.#open.get(spanId)?.startedAt
  }

  start(span: Omit<SpanStarted, 'change'>): void {
    const { spanId, parentSpanId, at } = span
    if (this.#open.has(spanId)) return
    const parent = parentSpanId === undefined ? undefined : this.#open.get(parentSpanId)
    if (parent !== undefined) parent.children += 1
    this.#open.set(spanId, {
      startedAt: at,
      parent: parentSpanId,
      children: 0,
      childrenEnded: at,
      end: undefined,
    })
    this.#emit({ change: 'start', ...span })
  }

  /** Adds an event to an open span. */
  event(spanId: string, name: string, at: number): void {
    if (this.#open.has(spanId)) this.#emit({ change: 'event', spanId, name, at })
  }

  set(spanId: string, attributes: Attributes): void {
    if (this.#open.has(spanId) && Object.keys(attributes).length > 0)
      this.#emit({ change: 'set', spanId, attributes })
  }

  /** Renames a span once it is known what it is about. */
  rename(spanId: string, name: string): void {
    if (this.#open.has(spanId)) this.#emit({ change: 'rename', spanId, name })
  }

  link(spanId: string, to: string): void {
    if (this.#open.has(spanId)) this.#emit({ change: 'link', spanId, to })
  }

  /** Ends a span as soon as its children have ended. */
  end(spanId: string, at: number, attributes: Attributes = {}, error?: SpanError): void {
    const open = this.#open.get(spanId)
    if (open === undefined) return
    open.end ??= { at, attributes, error }
    this.#endIfDone(spanId, open)
  }

  /**
   * Gives up the spans that have not ended: they never will, and nothing waits for them any more.
   */
  abandonOpen(): void {
    for (const [spanId, open] of [...this.#open]) {
      if (open.end !== undefined) continue
      this.#open.delete(spanId)
      const parent = open.parent === undefined ? undefined : this.#open.get(open.parent)
      if (parent !== undefined) parent.children -= 1
    }
    for (const [spanId, open] of [...this.#open].reverse())
      if (this.#open.has(spanId)) this.#endIfDone(spanId, open)
  }

  #endIfDone(spanId: string, open: Open): void {
    const { end, parent: parentId } = open
    if (end === undefined || open.children > 0) return
    this.#open.delete(spanId)
    const at = Math.max(end.at, open.startedAt, open.childrenEnded)
    this.#emit({
      change: 'end',
      spanId,
      at,
      attributes: end.attributes,
      ...(end.error !== undefined && { error: end.error }),
    })
    const parent = parentId === undefined ? undefined : this.#open.get(parentId)
    if (parent === undefined || parentId === undefined) return
    parent.children -= 1
    parent.childrenEnded = Math.max(parent.childrenEnded, at)
    this.#endIfDone(parentId, parent)
  }
}
