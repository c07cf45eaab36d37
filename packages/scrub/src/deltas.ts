import { betweenCharacters } from './byte-kinds.js'
import { LF, QUOTE } from './byte-names.js'
import { Channel, type SecretInPieces } from './channel.js'
import type { MarkShape } from './decide.js'
import { type DeltaString, knownBeginning, readEventLine } from './event-line.js'
import { indexOfByte, lastIndexOfByte } from './find-byte.js'
import { Growing } from './growing.js'
import { markerOfLength, writeAscii } from './marker.js'
import type { SearchIndex } from './search-index.js'
import { type Range, Suspects } from './suspects.js'
import { form } from './sweep.js'
import type { Found } from './swept.js'

/** Bytes that may be emitted, in which only secrets spread over several pieces are replaced. */
export type Joined = {
  bytes: Uint8Array
  found: Found[]
  /** Where something may begin in it that is searched for: whole lines. */
  suspects: readonly Range[]
}

/**
 * Finds secrets that an answer streams piece by piece, spread over several events: no single event
 * contains them, but whoever joins the pieces does. Runs before a sweep, which would take a piece
 * for a whole secret and miss what follows it.
 */
export class DeltaJoiner {
  readonly #mark: MarkShape
  readonly #channels = new Map<string, Channel>()
  /** What has not been emitted. */
  readonly #held = new Growing()
  /** Where that begins in the answer. */
  #start = 0
  /** How far lines have been read, from there. */
  #read = 0
  /** Where the line before begins, if it names the event that follows; -1 if it does not. */
  #event = -1
  /** There is no line end between the last line and this offset. */
  #looked = 0
  /**
   * Whether the answer is one JSON list of what would be its events; unknown before its first byte.
   */
  #isList: boolean | undefined
  #found: Found[] = []
  readonly #suspects = new Suspects()
  /** How much of what is held the last push emitted. */
  #gone = 0

  constructor(mark: MarkShape) {
    this.#mark = mark
  }

  /**
   * Takes the next bytes and returns those whose pieces are decided. They share memory with the
   * chunk, or with a buffer that the next push overwrites.
   */
  push(chunk: Uint8Array, index: SearchIndex, isLast: boolean): Joined {
    this.#held.drop(this.#gone)
    this.#gone = 0
    const isSame = this.#held.length === 0
    if (!isSame) this.#held.add(chunk)
    // A chunk is copied before it is changed, because it belongs to the caller.
    const reading = new Reading(isSame ? chunk : this.#held.bytes, isSame)
    this.#readLines(reading, index)
    for (const channel of this.#channels.values())
      if (isLast || channel.hasNew) this.#decide(channel, reading, index, isLast)
    const until = isLast ? reading.text.length : this.#undecided(reading, index)
    const { text } = reading
    return isSame ? this.#giveOf(text, until) : this.#giveHeld(until)
  }

  #readLines(reading: Reading, index: SearchIndex): void {
    const { text } = reading
    this.#isList ??= isList(text)
    const looked = Math.max(this.#read, this.#looked)
    this.#looked = text.length
    const last = lastLine(text, looked)
    if (last < 0) return
    const linesEnd = last + 1
    const quote = indexOfByte(text, QUOTE, this.#read)
    if (quote < 0 || quote > last) {
      this.#passLines(text, last)
      return
    }
    const count = this.#search(text, this.#read, linesEnd, index)
    if (count !== 0) this.#suspect(text, this.#read, linesEnd, count)
    const isShort = linesEnd - this.#read < FEW
    let candidate = 0
    for (let searched = looked; ; searched = this.#read) {
      // Gemini's list is indented, and each text is on a line of its own.
      const start = this.#isList ? this.#read : eventFrom(text, this.#read, linesEnd)
      const known = start < 0 || this.#isList ? 0 : knownBeginning(text, start)
      const end = lineEnd(text, Math.max(searched, start + known))
      const from = start > end ? -1 : start
      this.#event = namesEvent(text, this.#read, end) ? this.#read : -1
      this.#read = end + 1
      if (from >= 0) {
        const { deltas, count: pieces, over } = readEventLine(text, from, end, known)
        for (let piece = 0; piece < pieces; piece += 1) {
          const delta = deltas[piece]
          if (delta === undefined) break
          while (candidate < count && (places[candidate] ?? 0) < delta.from) candidate += 1
          const begins = count < 0 || (candidate < count && (places[candidate] ?? 0) < delta.to)
          this.#takePiece(delta, reading, index, begins, isShort)
        }
        if (over !== undefined) this.#close(over, reading, index)
      }
      if (this.#read >= linesEnd) return
    }
  }

  /** Passes over whole lines without a string: none of them has a piece or ends a text. */
  #passLines(text: Uint8Array, last: number): void {
    const before = last === 0 ? -1 : lastIndexOfByte(text, LF, last - 1)
    const start = Math.max(this.#read, before + 1)
    this.#event = namesEvent(text, start, last) ? start : -1
    this.#suspects.add(this.#read, last + 1)
    this.#read = last + 1
  }

  /** Notes the lines with the places that {@link #search} found. */
  #suspect(text: Uint8Array, from: number, to: number, count: number): void {
    if (count < 0) {
      this.#suspects.add(from, to)
      return
    }
    let end = 0
    for (let at = 0; at < count; at += 1) {
      const place = places[at] ?? 0
      if (place < end) continue
      const start = place === 0 ? 0 : lastIndexOfByte(text, LF, place - 1) + 1
      end = indexOfByte(text, LF, place) + 1
      // An empty line belongs to the event that it ends.
      while (end < to && text[end] === LF) end += 1
      this.#suspects.add(start, end)
    }
  }

  /**
   * @param begins whether something may begin within the piece.
   * @param isAlone whether few pieces come with it.
   */
  #takePiece(
    { from, to, channel: name }: DeltaString,
    reading: Reading,
    index: SearchIndex,
    begins: boolean,
    isAlone: boolean,
  ): void {
    const { text } = reading
    const channel = this.#channel(name, reading, index)
    const place = this.#start + from
    const isLong = to - from >= FEW
    if ((isLong || isAlone) && !begins && channel.pass(text, from, to, place, index)) return
    channel.add(text, from, to, place)
    // Many short pieces are decided together.
    if (isLong) this.#decide(channel, reading, index, false)
  }

  /**
   * Notes where something may begin in whole lines.
   *
   * @returns how many such places there are; -1 if there are too many to note, or too much would
   *   be read twice.
   */
  #search(text: Uint8Array, from: number, to: number, { beginnings }: SearchIndex): number {
    let count = 0
    let searched = from
    while (searched < to) {
      const end = to - searched > BLOCK ? lastIndexOfByte(text, LF, searched + BLOCK) + 1 : to
      if (end <= searched) return -1
      // Includes what comes before, because something can begin in one line and end in the next.
      const context = betweenCharacters(text, searched - EDGE, 0)
      if (searched - context > MOST_CONTEXT) return -1
      form.read(text, context, end, false, beginnings)
      if (form.isWithinEscape || count + form.candidateCount > places.length) return -1
      for (let at = 0; at < form.candidateCount; at += 1)
        places[count + at] = form.placeOf(form.candidates[at] ?? 0)
      count += form.candidateCount
      searched = end
    }
    return count
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
    this.#replace(channel.decide(index, this.#mark, isLast), reading)
  }

  #replace(secrets: readonly SecretInPieces[], reading: Reading): void {
    for (const { pieces, secret } of secrets) {
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
      const marker = markerOfLength(secret, length)
      let written = 0
      for (const piece of pieces) {
        // What was let go is out of reach.
        const gone = Math.min(piece.length, Math.max(0, this.#start - piece.at))
        const at = piece.at + gone - this.#start
        const size = piece.length - gone
        if (size > 0) {
          reading.write(at, marker.slice(written + gone, written + piece.length))
          this.#found.push([at, size, secret.rule])
        }
        written += piece.length
      }
    }
  }

  /** Returns the offset of the first byte that must be held back. */
  #undecided(reading: Reading, index: SearchIndex): number {
    const { text } = reading
    let until = text.length
    // An incomplete line may have a piece that continues one before it. A WebSocket message comes
    // whole, and other JSON is not an event: neither waits.
    if (this.#waits(text)) until = this.#event < 0 ? this.#read : this.#event
    for (const channel of this.#channels.values()) {
      if (channel.heldFrom < 0) continue
      until = Math.min(until, Math.max(0, channel.heldFrom - this.#start))
    }
    return text.length - until > MOST_HELD ? this.#letGo(reading, index) : until
  }

  /** Returns whether the last line is incomplete, or names the event of the next one. */
  #waits(text: Uint8Array): boolean {
    if (this.#read === text.length) return this.#event >= 0
    return this.#isList === true || isOfEvent(text, this.#read)
  }

  /**
   * Emits everything, because this much cannot be held back: without what would be a secret if the
   * texts ended here. Of one that goes on, the rest is replaced when it comes.
   */
  #letGo(reading: Reading, index: SearchIndex): number {
    this.#readOpenLine(reading, index)
    for (const channel of this.#channels.values())
      this.#replace(channel.letGo(index, this.#mark), reading)
    this.#read = reading.text.length
    this.#suspects.add(0, this.#read)
    return this.#read
  }

  /** Takes the pieces of a line whose end is not there yet. */
  #readOpenLine(reading: Reading, index: SearchIndex): void {
    const { text } = reading
    const from = this.#isList ? this.#read : eventFrom(text, this.#read, text.length)
    if (from < 0 || from >= text.length) return
    const { deltas, count } = readEventLine(text, from, text.length, 0, true)
    for (const { from: start, to, channel: name } of deltas.slice(0, count)) {
      const channel = this.#channel(name, reading, index)
      channel.add(text, start, to, this.#start + start)
      this.#decide(channel, reading, index, false)
    }
  }

  /** Emits a part of a push before which nothing was held. */
  #giveOf(text: Uint8Array, until: number): Joined {
    if (until === text.length) return this.#given(text, until)
    this.#held.add(text.subarray(until))
    return this.#given(text.subarray(0, until), until)
  }

  #giveHeld(until: number): Joined {
    this.#gone = until
    return this.#given(this.#held.bytes.subarray(0, until), until)
  }

  /** Adds what was found in the emitted part. */
  #given(bytes: Uint8Array, until: number): Joined {
    if (until > this.#read) this.#suspects.add(this.#read, until)
    const suspects = this.#suspects.take(until)
    this.#start += until
    this.#read = Math.max(0, this.#read - until)
    this.#looked = Math.max(0, this.#looked - until)
    this.#event = this.#event < until ? -1 : this.#event - until
    if (this.#found.length === 0) return { bytes, found: [], suspects }
    const found = this.#found.filter(([at]) => at < until).sort((one, other) => one[0] - other[0])
    this.#found = this.#found
      .filter(([at]) => at >= until)
      .map(([at, length, rule]): Found => [at - until, length, rule])
    // What stands beside a marker may be a secret, although it was none beside what that replaces.
    return { bytes, found, suspects: found.length > 0 ? [[0, until]] : suspects }
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

/** How many bytes of an answer may be held back for a secret that its pieces may form. */
const MOST_HELD = 1024 * 1024

/**
 * How many texts are open at a time: an answer has a few, but an attacker could invent any number.
 */
const MOST_CHANNELS = 64

/** A piece, or all lines of one chunk, below this many bytes counts as short. */
const FEW = 256

/** Searched at a time, not counting context: it stays in the processor's cache. */
const BLOCK = 64 * 1024
const EDGE = 32
/** More context is not read again: there is no place between two characters near the edge. */
const MOST_CONTEXT = 1024

/** Where something may begin in the lines being read. */
const places = new Int32Array(1024)

/** Returns whether an answer begins like a list; undefined before its first byte. */
function isList(text: Uint8Array): boolean | undefined {
  for (let at = 0; at < text.length; at += 1) if ((text[at] ?? 0) > 0x20) return text[at] === 0x5b
  return undefined
}

/** Returns where the JSON of an event begins in a line; -1 if the line is not one. */
function eventFrom(text: Uint8Array, from: number, to: number): number {
  if (text[from] === 0x7b) return from
  return from + DATA.length < to && begins(text, from, to, DATA) ? from + DATA.length : -1
}

/** Returns the end of the next line, which must exist. */
function lineEnd(text: Uint8Array, from: number): number {
  for (let at = from; at < from + SHORT_LINE; at += 1) if (text[at] === LF) return at
  return indexOfByte(text, LF, from + SHORT_LINE)
}

/**
 * Returns the end of the last whole line, among those that end at or after an offset; -1 if there
 * is none.
 */
function lastLine(text: Uint8Array, from: number): number {
  // Most chunks end with one.
  const near = Math.max(from, text.length - SHORT_LINE)
  for (let at = text.length - 1; at >= near; at -= 1) if (text[at] === LF) return at
  const last = lastIndexOfByte(text, LF, text.length)
  return last < from ? -1 : last
}

/** In a longer line, searching for the end is faster than a loop over the bytes. */
const SHORT_LINE = 48

/**
 * Returns whether the last line, which is incomplete, is or could become part of a server-sent
 * event.
 */
function isOfEvent(text: Uint8Array, from: number): boolean {
  return begins(text, from, text.length, DATA) || begins(text, from, text.length, EVENT)
}

function namesEvent(text: Uint8Array, from: number, to: number): boolean {
  return to - from >= EVENT.length && begins(text, from, to, EVENT)
}

/** Returns whether a line begins with a word, or with as much of it as has arrived. */
function begins(text: Uint8Array, from: number, to: number, word: readonly number[]): boolean {
  const end = Math.min(to, from + word.length)
  for (let at = from; at < end; at += 1) if (text[at] !== word[at - from]) return false
  return true
}

const DATA = Array.from('data:', (character) => character.charCodeAt(0))
const EVENT = Array.from('event:', (character) => character.charCodeAt(0))
