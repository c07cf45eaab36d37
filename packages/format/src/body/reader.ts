import { MissingBytes } from '../content.js'
import { bytesIn, type ContentSource, type Layout, layoutOf, partAt } from './layout.js'
import {
  HELD_LAYOUT_PARTS,
  MAX_BODY_BYTES,
  MAX_READ_CHAIN,
  READ_BODY_COST,
  READ_CACHE_BYTES,
  READ_PARTS_BYTES,
  READ_STEP,
  READ_TOTAL_WORK,
  READ_WORK,
} from './limits.js'
import { Recent } from './recent.js'

/**
 * Assembles one request body from only the records that it copies from, without assembling any
 * other body whole. Whatever the records say, it terminates, and holds no more than the body, the
 * records on the way to its bytes, and {@link READ_CACHE_BYTES}.
 *
 * @throws MissingBytes if bytes were not kept, are not in the log, or are copied in a cycle.
 */
export function readBody(exchange: string, source: ContentSource): Uint8Array {
  return new BodyReader(source, 0).read(exchange)
}

/**
 * Reads many request bodies, ideally in file order: it holds the most recent ones, within a budget
 * of bytes, because the next ones mostly copy from them.
 *
 * @example
 * const reader = new BodyReader((exchange) => contents.get(exchange))
 * for (const exchange of exchanges) show(reader.read(exchange))
 */
export class BodyReader {
  readonly #source: ContentSource
  readonly #bodies: Recent<Uint8Array>
  /** The parts read of opened bodies: the next ones copy most of theirs from there. */
  readonly #parts = new Recent<BodyPart[]>(READ_PARTS_BYTES, costOf)
  readonly #layouts = new Map<string, Layout>()
  #layoutsCost = 0
  #work = 0
  #total = 0

  /**
   * @param budget how many bytes of bodies to hold, besides {@link READ_CACHE_BYTES} of records.
   */
  constructor(source: ContentSource, budget: number = READ_CACHE_BYTES) {
    this.#source = source
    this.#bodies = new Recent<Uint8Array>(budget, (bytes) => bytes.length + READ_BODY_COST)
  }

  /**
   * Returns a request body. Do not change the bytes: they may be held for later reads.
   *
   * @throws MissingBytes as {@link readBody} does; the reader remains usable.
   */
  read(exchange: string): Uint8Array {
    const held = this.#bodies.get(exchange)
    if (held !== undefined) return held
    this.#work = 0
    const layout = wholeOf(this.#layouts.get(exchange) ?? this.#newLayout(exchange))
    const [only, ...others] = layout.parts
    // One that copies nothing is there already, once: it can be the largest of all.
    const whole = only !== undefined && others.length === 0 ? bytesIn(layout, 0) : undefined
    const body = whole === undefined ? this.#assemble(layout) : this.#counted(whole)
    this.#bodies.set(exchange, body)
    const isHeld = this.#bodies.get(exchange) !== undefined
    if (!isHeld || layout.parts.length <= HELD_LAYOUT_PARTS) this.#hold(layout)
    return body
  }

  /**
   * Opens a request body without assembling more of it than is asked for, such as the names at its
   * start and end. Do not change its parts: they may be held for later reads.
   *
   * @throws MissingBytes as {@link readBody} does, also when a part is read.
   */
  open(exchange: string): OpenBody {
    const { length } = wholeOf(this.#layoutOf(exchange))
    return {
      length,
      subarray: (from, to = length) => {
        const [start, end] = [Math.min(from, length), Math.min(to, length)]
        return this.#part(exchange, Math.max(0, start), Math.max(start, end))
      },
    }
  }

  #part(exchange: string, from: number, to: number): Uint8Array {
    this.#work = 0
    const held = this.#heldPart(exchange, from)
    if (held !== undefined && to <= held.at + held.bytes.length)
      return held.bytes.subarray(from - held.at, to - held.at)
    const part = { at: from, bytes: this.#assemble(wholeOf(this.#layoutOf(exchange)), from, to) }
    this.#parts.set(exchange, [...(this.#parts.get(exchange) ?? []).slice(-1), part])
    return part.bytes
  }

  /** Returns a held part of a body that contains the byte. */
  #heldPart(exchange: string, byte: number): BodyPart | undefined {
    return this.#parts
      .get(exchange)
      ?.find(({ at, bytes }) => at <= byte && byte < at + bytes.length)
  }

  #counted(body: Uint8Array): Uint8Array {
    this.#countOfAll(body.length / 2)
    return body
  }

  #assemble(top: Layout, start = 0, end = top.length): Uint8Array {
    const body = new Uint8Array(end - start)
    this.#countOfAll(body.length / 2)
    // The path down to the bytes, on an explicit stack: chains ten thousand records deep do occur.
    const way: Step[] = [{ layout: top, part: partAt(top, start), at: start, end, depth: 0 }]
    let written = 0
    for (let step = way.at(-1); step !== undefined; step = way.at(-1)) {
      const from = step.at
      const below = this.#writeFrom(step, body, written)
      written += step.at - from - (below?.length ?? 0)
      if (step.at >= step.end) way.pop()
      if (below !== undefined) way.push(this.#stepInto(below, step))
    }
    return body
  }

  /**
   * Writes the parts of a layout until one is copied from a body that is not at hand. A body can
   * have very many parts, so nothing is allocated for each.
   *
   * @returns what is to be copied from there; undefined if all parts are written.
   */
  #writeFrom(step: Step, body: Uint8Array, written: number): Copied | undefined {
    const { layout } = step
    const { exchange, parts } = layout
    let to = written
    while (step.at < step.end) {
      this.#count(READ_STEP, exchange)
      const part = parts[step.part]
      if (part === undefined) {
        step.at = step.end
        return undefined
      }
      const from = step.at - part.at
      let length = Math.min(step.end, part.at + part.length) - step.at
      if ('missing' in part) throw new MissingBytes(part.missing)
      let source = bytesIn(layout, step.part)
      let at = from
      if (source === undefined && 'copy' in part) {
        at += part.from
        source = this.#bodies.get(part.copy)
        if (source !== undefined && at + length > source.length)
          refuseBeyond({ exchange: part.copy, at, length }, source.length, exchange)
        const opened = source === undefined ? this.#heldPart(part.copy, at) : undefined
        if (opened !== undefined) {
          source = opened.bytes
          at -= opened.at
          // The rest of the copy is resolved further down.
          length = Math.min(length, source.length - at)
        }
      }
      step.at += length
      if (step.at >= part.at + part.length) step.part += 1
      if (source === undefined) return { exchange: 'copy' in part ? part.copy : '', at, length }
      put(body, to, source, at, length)
      to += length
    }
    return undefined
  }

  #stepInto({ exchange, at, length }: Copied, above: Step): Step {
    const depth = above.depth + 1
    if (depth > MAX_READ_CHAIN) {
      throw new MissingBytes(
        `exchange ${exchange} is copied in a circle, or through too many others`,
      )
    }
    const layout = this.#layoutOf(exchange, above.layout.exchange)
    refuseBeyond({ exchange, at, length }, layout.length, above.layout.exchange)
    return { layout, part: partAt(layout, at), at, end: at + length, depth }
  }

  #layoutOf(exchange: string, copiedBy?: string): Layout {
    const held = this.#layouts.get(exchange)
    if (held !== undefined) return held
    const layout = this.#newLayout(exchange, copiedBy)
    this.#hold(layout)
    return layout
  }

  #newLayout(exchange: string, copiedBy?: string): Layout {
    const content = this.#source(exchange)
    if (content === undefined) {
      const whose = copiedBy === undefined ? '' : `, which exchange ${copiedBy} copies from,`
      throw new MissingBytes(`the request body of exchange ${exchange}${whose} is not in the log`)
    }
    const layout = layoutOf(exchange, content)
    this.#count(layout.cost, exchange)
    return layout
  }

  #hold(layout: Layout): void {
    if (this.#layouts.has(layout.exchange)) return
    // Cleared when full: tracking the least recently used at every step costs more than it saves.
    if (this.#layoutsCost + layout.cost > READ_CACHE_BYTES) {
      this.#layouts.clear()
      this.#layoutsCost = 0
    }
    this.#layouts.set(layout.exchange, layout)
    this.#layoutsCost += layout.cost
  }

  #countOfAll(work: number): void {
    this.#total += work
    if (this.#total <= READ_TOTAL_WORK) return
    throw new MissingBytes('the bodies of this session are more than are put together at once')
  }

  #count(work: number, exchange: string): void {
    this.#countOfAll(work)
    this.#work += work
    if (this.#work <= READ_WORK) return
    throw new MissingBytes(
      `the body of exchange ${exchange} is copied together from too many pieces`,
    )
  }
}

/** A body that can be read in parts, like a `Uint8Array`. */
export type OpenBody = {
  readonly length: number
  /** @throws MissingBytes */
  subarray(from: number, to?: number): Uint8Array
}

/** Copies bytes; a few of them one by one, because a view of them takes as long as a hundred. */
function put(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  from: number,
  length: number,
): void {
  if (length > FEW_BYTES) {
    target.set(source.subarray(from, from + length), at)
    return
  }
  for (let index = 0; index < length; index += 1) target[at + index] = source[from + index] ?? 0
}

const FEW_BYTES = 32

/** Returns a layout if its body was kept whole. */
function wholeOf(layout: Layout): Layout {
  const { exchange, length, missing } = layout
  if (missing !== undefined) throw new MissingBytes(missing)
  if (length > MAX_BODY_BYTES) {
    throw new MissingBytes(`the body of exchange ${exchange} claims to be ${length} bytes`)
  }
  return layout
}

type BodyPart = { at: number; bytes: Uint8Array }

function costOf(parts: readonly BodyPart[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes.length + READ_BODY_COST, 0)
}

/** A part of a layout that is being written, and how far it has got. */
type Step = { layout: Layout; part: number; at: number; end: number; depth: number }

type Copied = { exchange: string; at: number; length: number }

function refuseBeyond({ exchange, at, length }: Copied, there: number, copiedBy: string): void {
  if (at + length <= there) return
  throw new MissingBytes(
    `exchange ${copiedBy} copies bytes ${at} to ${at + length} of the request body of exchange ` +
      `${exchange}, which has ${there}`,
  )
}
