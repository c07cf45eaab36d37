import { decide, type MarkShape } from './decide.js'
import { readEventLine } from './event-line.js'
import { Growing } from './growing.js'
import { type Marked, markerOfLength, writeAscii } from './marker.js'
import { NormalForm } from './normal-form.js'
import type { SearchIndex } from './search-index.js'
import { type Found, isHeldOn } from './sweep.js'

/**
 * Finds the secrets that an answer gives out piece by piece, over several events: what one of them has
 * stands nowhere as it is, and whoever joins them has it again. Works before a sweep, for which a piece
 * that looks like a whole secret would be one, and what follows it would be none.
 */
export class DeltaJoiner {
  readonly #mark: MarkShape
  readonly #channels = new Map<string, Channel>()
  /** What is not given out. */
  readonly #held = new Growing()
  /** Where that begins in the answer. */
  #start = 0
  /** Up to where lines have been read, from there. */
  #read = 0
  /** Up to where no line ends behind that. */
  #looked = 0
  #found: Found[] = []

  constructor(mark: MarkShape) {
    this.#mark = mark
  }

  /** Takes the next bytes, and gives those whose pieces are decided; not scrubbed but for these. */
  push(
    chunk: Uint8Array,
    index: SearchIndex,
    isLast: boolean,
  ): { bytes: Uint8Array; found: Found[] } {
    const isSame = this.#held.length === 0
    if (!isSame) this.#held.add(chunk)
    // What is changed must be ours.
    const reading = new Reading(isSame ? chunk : this.#held.bytes, isSame)
    this.#readLines(reading, index)
    for (const channel of this.#channels.values())
      if (isLast || channel.hasNew) this.#decide(channel, reading, index, isLast)
    const { text } = reading
    const until = isLast ? text.length : this.#undecided(text)
    return isSame ? this.#giveOf(text, until) : this.#giveHeld(until)
  }

  #readLines(reading: Reading, index: SearchIndex): void {
    const { text } = reading
    const looked = Math.max(this.#read, this.#looked)
    for (let end = text.indexOf(LF, looked); end >= 0; end = text.indexOf(LF, this.#read)) {
      const from = eventFrom(text, this.#read, end)
      this.#read = end + 1
      if (from < 0) continue
      const { deltas, over } = readEventLine(text, from, end)
      for (const delta of deltas)
        this.#channel(delta.channel, reading, index).add(
          text.subarray(delta.from, delta.to),
          this.#start + delta.from,
        )
      if (over !== undefined) this.#close(over, reading, index)
    }
    this.#looked = text.length
  }

  #channel(name: string, reading: Reading, index: SearchIndex): Channel {
    const known = this.#channels.get(name)
    if (known !== undefined) return known
    if (this.#channels.size >= MOST_CHANNELS) {
      const [oldest] = this.#channels
      if (oldest !== undefined) this.#decide(oldest[1], reading, index, false)
      this.#channels.delete(oldest?.[0] ?? '')
    }
    const channel = new Channel()
    this.#channels.set(name, channel)
    return channel
  }

  #close(place: string, reading: Reading, index: SearchIndex): void {
    for (const [name, channel] of this.#channels) {
      if (!name.startsWith(place)) continue
      this.#decide(channel, reading, index, true)
      this.#channels.delete(name)
    }
  }

  #decide(channel: Channel, reading: Reading, index: SearchIndex, isLast: boolean): void {
    for (const { pieces, secret } of channel.decide(index, this.#mark, isLast)) {
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
      const marker = markerOfLength(secret, length)
      let written = 0
      for (const piece of pieces) {
        const at = piece.at - this.#start
        reading.write(at, marker.slice(written, written + piece.length))
        written += piece.length
        this.#found.push([at, piece.length, secret.rule])
      }
    }
  }

  /** The first byte that may not be given out. */
  #undecided(text: Uint8Array): number {
    let until = text.length
    // A line that is not over may have a piece that goes on with one before it.
    // A message of a WebSocket comes whole, and other JSON is no event: neither waits.
    if (mayBeData(text, this.#read)) until = this.#read
    for (const channel of this.#channels.values()) {
      if (channel.heldFrom < 0) continue
      until = Math.min(until, Math.max(0, channel.heldFrom - this.#start))
    }
    return text.length - until > MOST_HELD ? this.#letGo(text) : until
  }

  /** So much cannot wait: what is half a secret by now is replaced when it comes to its end. */
  #letGo(text: Uint8Array): number {
    for (const channel of this.#channels.values()) channel.forget()
    this.#read = text.length
    return text.length
  }

  /** Gives a part of a push before which nothing was held. */
  #giveOf(text: Uint8Array, until: number): { bytes: Uint8Array; found: Found[] } {
    if (until === text.length) return { bytes: text, found: this.#given(until) }
    this.#held.add(text.subarray(until))
    return { bytes: text.subarray(0, until), found: this.#given(until) }
  }

  #giveHeld(until: number): { bytes: Uint8Array; found: Found[] } {
    const bytes = new Uint8Array(this.#held.bytes.subarray(0, until))
    this.#held.drop(until)
    return { bytes, found: this.#given(until) }
  }

  /** What was found in what is given out. */
  #given(until: number): Found[] {
    this.#start += until
    this.#read = Math.max(0, this.#read - until)
    this.#looked = Math.max(0, this.#looked - until)
    if (this.#found.length === 0) return []
    const found = this.#found.filter(([at]) => at < until).sort((one, other) => one[0] - other[0])
    this.#found = this.#found
      .filter(([at]) => at >= until)
      .map(([at, length, rule]): Found => [at - until, length, rule])
    return found
  }
}

/** The bytes of one push; copied before the first change. */
class Reading {
  text: Uint8Array
  #isShared: boolean

  constructor(text: Uint8Array, isShared: boolean) {
    this.text = text
    this.#isShared = isShared
  }

  write(at: number, words: string): void {
    if (this.#isShared) this.text = new Uint8Array(this.text)
    this.#isShared = false
    writeAscii(this.text, at, words)
  }
}

/** One text that comes in pieces. */
class Channel {
  /** What is undecided of it, with a little of what stands before that. */
  readonly #text = new Growing()
  /** Where its pieces stand in the answer. */
  #pieces: { from: number; place: number }[] = []
  /** Where in the text what is undecided begins. */
  #undecided = 0
  /** What stands before this may be given out by now: the first two letters of what tells nothing yet. */
  #given = 0
  /** Bytes that the text had when it was searched. */
  #searched = 0
  /** Where in the answer what may not be given out begins; -1 where all may. */
  heldFrom = -1
  /** Whether there are pieces that have not been searched. */
  hasNew = false

  add(piece: Uint8Array, place: number): void {
    this.#pieces.push({ from: this.#text.length, place })
    this.#text.add(piece)
    this.hasNew = true
  }

  forget(): void {
    this.#text.drop(this.#text.length)
    this.#pieces = []
    this.#undecided = 0
    this.#given = 0
    this.#searched = 0
    this.heldFrom = -1
    this.hasNew = false
  }

  /** The secrets that are decided now, each with where its pieces stand in the answer. */
  decide(
    index: SearchIndex,
    mark: MarkShape,
    isLast: boolean,
  ): { pieces: { at: number; length: number }[]; secret: Marked }[] {
    this.hasNew = false
    const text = this.#text.bytes
    if (!isLast && this.heldFrom >= 0 && isHeldOn(text.length - this.#given, this.#searched))
      return []
    form.read(text, 0, text.length, isLast, index.beginnings)
    const first = form.indexOf(this.#undecided)
    const { matches, undecided, held } = decide(form, first, isLast, index, mark)
    let covered = Math.max(this.#undecided, this.#given)
    const secrets = matches
      .sort((one, other) => one.from - other.from || other.to - one.to || one.rank - other.rank)
      .flatMap(({ from, to, secret }) => {
        const start = Math.max(form.placeOf(from), covered)
        const end = form.endOf(to - 1, text)
        if (end <= start) return []
        covered = end
        return [{ pieces: this.#piecesOf(start, end), secret }]
      })
    const end = form.isWithinEscape ? form.stoppedAt : text.length
    const next = Math.max(this.#undecided, undecided < form.length ? form.placeOf(undecided) : end)
    const heldAt = Math.max(covered, held < form.length ? form.placeOf(held) : end)
    this.heldFrom = heldAt < text.length ? this.#placeOf(heldAt) : -1
    this.#given = heldAt
    this.#undecided = next
    this.#drop(form.placeOf(Math.max(0, form.indexOf(next) - CONTEXT)))
    this.#searched = this.#text.length - this.#given
    return secrets
  }

  #drop(until: number): void {
    const from = Math.min(until, this.#text.length)
    this.#text.drop(from)
    this.#undecided -= from
    this.#given -= from
    const first = this.#pieces.findIndex(
      (_, number, all) => (all[number + 1]?.from ?? Number.POSITIVE_INFINITY) > from,
    )
    if (first > 0) this.#pieces.splice(0, first)
    for (const piece of this.#pieces) {
      const cut = Math.max(0, from - piece.from)
      piece.place += cut
      piece.from += cut - from
    }
  }

  #placeOf(at: number): number {
    const piece = this.#pieces.findLast(({ from }) => from <= at)
    return piece === undefined ? 0 : piece.place + at - piece.from
  }

  #piecesOf(from: number, to: number): { at: number; length: number }[] {
    return this.#pieces.flatMap(({ from: start, place }, number) => {
      const end = this.#pieces[number + 1]?.from ?? this.#text.length
      const first = Math.max(from, start)
      const length = Math.min(to, end) - first
      return length > 0 ? [{ at: place + first - start, length }] : []
    })
  }
}

const form = new NormalForm(1024)

/** Characters before a place that tell whether a secret can begin there. */
const CONTEXT = 24

/** Bytes of an answer that are held back for one that its pieces may become. */
const MOST_HELD = 1024 * 1024

/** Texts that come at a time: an answer has a few, and somebody could make up any number. */
const MOST_CHANNELS = 64

const LF = 0x0a

/** Where the JSON of a line begins that is an event; -1 where it is none. */
function eventFrom(text: Uint8Array, from: number, to: number): number {
  if (text[from] === 0x7b) return from
  return from + DATA.length < to && beginsData(text, from, to) ? from + DATA.length : -1
}

/** Whether the last line, which is not over, is one of data, or could become one. */
function mayBeData(text: Uint8Array, from: number): boolean {
  return from < text.length && beginsData(text, from, text.length)
}

function beginsData(text: Uint8Array, from: number, to: number): boolean {
  const end = Math.min(to, from + DATA.length)
  for (let at = from; at < end; at += 1) if (text[at] !== DATA[at - from]) return false
  return true
}

const DATA = Array.from('data:', (character) => character.charCodeAt(0))
