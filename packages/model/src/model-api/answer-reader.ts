import { bytesOf } from '@tacho/format'
import { type AnswerFacts, learn } from './answer-facts.js'
import { type AnswerForm, type AnswerHints, answerFormOf, asAnnounced } from './answer-form.js'
import { apiErrorOf } from './api-error.js'
import { AwsEventStream, isAwsEventStream } from './aws-event-stream.js'
import { EventStream, HEAD_CHARACTERS } from './event-stream.js'
import { type Json, objectOf } from './json.js'
import { EVENT_CHARACTERS, LARGE_EVENT_CHARACTERS, TEXT_CHARACTERS } from './limits.js'
import type { ModelApi } from './model-api.js'
import { oddMember } from './odd-member.js'
import { PAGE_CHARACTERS, pageWords } from './page-words.js'
import { TextEvents } from './text-events.js'
import { Utf8Text } from './utf8-text.js'

export type AnswerReaderOptions = {
  api: ModelApi
  hints: AnswerHints
  /**
   * Receives the reason why an event or a body could not be read. Only what that one says is lost.
   */
  onFault: (cause: unknown) => void
  /** Receives each event that was read. */
  onEvent?: (event: Json) => void
  /** Receives a non-streamed answer. */
  onAnswer?: (body: Json) => void
  /** Receives the text of the answer, piece by piece. */
  onText?: ((text: string) => void) | undefined
}

/** Reads a model's answer as it arrives. Throws nothing. */
export class AnswerReader {
  readonly facts: AnswerFacts = {}
  /**
   * How many events have arrived; undefined if the answer has none, or they could not be counted.
   */
  events: number | undefined
  /** Events that are not JSON, as all of an answer's should be. */
  brokenEvents = 0
  readonly #options: AnswerReaderOptions
  readonly #text = new Utf8Text()
  readonly #stream = new EventStream({
    onEvent: (data, name) => this.#readEvent(data, name),
    onTooLong: (head) => this.#loseLong(head),
  })
  readonly #awsStream = new AwsEventStream({
    onEvent: (data) => this.#readEvent(data, undefined),
    onBroken: (why) => this.#fault(new Error(why)),
  })
  readonly #textEvents = new TextEvents((name) => this.#options.api.tells(name) === 'text')
  #form: AnswerForm | 'messages' | undefined
  #characters = 0
  /** The start of an answer whose form is not known yet, or all of a non-streamed one. */
  #held: string[] = []
  #heldCharacters = 0
  /** The start of a page, or of anything else, sent in place of an answer or an error. */
  #page = ''
  /** Part of it could not be read. */
  #isLost = false
  #isUncounted = false
  #isTextUnknown = false
  #hasEnded = false
  #isOdd = false

  constructor(options: AnswerReaderOptions) {
    this.#options = options
    if (options.onText !== undefined) this.facts.onText = options.onText
    if (isAwsEventStream(options.hints.contentType)) this.#begin('aws-events')
  }

  /** Whether everything that could say how the answer ended was read. */
  get isReadable(): boolean {
    const isStream = this.#form !== undefined && STREAMS.has(this.#form)
    return isStream && !this.#isLost
  }

  /** @param part of the body: bytes, or text if it is known to be text. */
  push(part: Uint8Array | string): void {
    try {
      if (this.#form === 'aws-events') {
        this.#awsStream.push(typeof part === 'string' ? bytesOf(part) : part)
        return
      }
      if (typeof part === 'string') this.#readText(this.#text.pushText(part))
      else if (this.#form === 'events' && this.#characters > TEXT_CHARACTERS) this.#readLong(part)
      else this.#readText(this.#text.push(part))
    } catch (cause) {
      this.#fault(cause)
    }
  }

  /** Reads an event that came as a message of its own. */
  message(text: string): void {
    this.#form = 'messages'
    this.#guarded(() => this.#readEvent(text, undefined))
  }

  /** Ends the answer. */
  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#guarded(() => {
      if (this.#form === undefined) this.#begin(asAnnounced(this.#options.hints))
      if (this.#form === 'json') this.#readAnswer(this.#held.join(''))
      this.#held = []
      const message = pageWords(this.#page)
      if (message === undefined) return
      if ((this.#options.hints.status ?? 0) >= 400) this.facts.error ??= { message }
      else this.facts.page = message
    })
  }

  #readText(text: string): void {
    this.#characters += text.length
    this.#read(text)
  }

  /** Reads an answer whose text is no longer counted. */
  #readLong(bytes: Uint8Array): void {
    const passed = this.#textEvents.pass(bytes, (part) => this.#readText(this.#text.push(part)))
    if (passed === 0) return
    if (!this.#isUncounted) this.events = (this.events ?? 0) + passed
    this.#forgetText()
  }

  #read(text: string): void {
    if (this.#form === 'events') this.#stream.push(text)
    if (this.#form === 'other') this.#keepPage(text)
    if (this.#form === 'events' || this.#form === 'other') return
    // Blank lines before it belong to no form, and there can be many.
    const more = this.#held.length === 0 ? text.trimStart() : text
    if (more === '') return
    this.#held.push(more)
    this.#heldCharacters += more.length
    if (this.#form === undefined) {
      const form = answerFormOf(this.#held.join(''), this.#options.hints)
      if (form !== undefined) this.#begin(form)
    }
    if (this.#held.length > 0 && this.#heldCharacters > EVENT_CHARACTERS) {
      this.#held = []
      this.#isLost = true
      this.facts.isTooLong = true
    }
  }

  #begin(form: AnswerForm): void {
    this.#form = form
    if (form === 'json') return
    const held = this.#held.join('')
    this.#held = []
    if (form === 'other') this.#keepPage(held)
    if (STREAMS.has(form)) this.events = 0
    if (form === 'events') this.#stream.push(held)
  }

  #keepPage(text: string): void {
    this.#page += text.slice(0, PAGE_CHARACTERS - this.#page.length)
  }

  #readEvent(data: string, name: string | undefined): void {
    if (!this.#isUncounted) this.events = (this.events ?? 0) + 1
    const { api } = this.#options
    const tells = name === undefined ? 'anything' : api.tells(name)
    if (tells === 'nothing' && data.length > LARGE_EVENT_CHARACTERS) return
    if (tells === 'text' && this.#characters > TEXT_CHARACTERS) this.#forgetText()
    else if (data === DONE) this.facts.ended ??= 'completed'
    else this.#readObject(data)
  }

  #readObject(data: string): void {
    if (data.length > EVENT_CHARACTERS) {
      this.#passOver(data)
      return
    }
    const event = objectOf(data)
    if (event === undefined) this.brokenEvents += 1
    try {
      if (event !== undefined) {
        this.#options.onEvent?.(event)
        this.#options.api.readEvent(event, this.facts)
        this.#noteOdd(event)
      }
    } catch (cause) {
      this.#fault(cause)
    }
    if (this.#isTextUnknown) delete this.facts.textLength
  }

  #readAnswer(text: string): void {
    const body = objectOf(text)
    if (body === undefined) {
      this.#keepPage(text)
      return
    }
    const { api, hints } = this.#options
    this.#options.onAnswer?.(body)
    api.readAnswer(body, this.facts)
    this.#noteOdd(body)
    // Some APIs send an error without a member `error`.
    if ((hints.status ?? 0) >= 400) this.facts.error ??= apiErrorOf(body)
  }

  /** Reported once per answer. The rest is read, so only what it may have said is lost. */
  #noteOdd(said: Json): void {
    if (this.#isOdd) return
    const odd = oddMember(said)
    if (odd === undefined) return
    this.#isOdd = true
    this.#options.onFault(new Error(odd))
  }

  #forgetText(): void {
    this.#isTextUnknown = true
    delete this.facts.textLength
  }

  /** Notes that an event was dropped, so that their number is unknown. */
  #loseLong(head: string): void {
    this.#isUncounted = true
    this.events = undefined
    this.#passOver(head)
  }

  /**
   * Notes that an event is too long to be read. What it says is unknown, except for what its type
   * says: the one that ends an answer repeats all of it, images included.
   */
  #passOver(head: string): void {
    const type = TYPE.exec(head.slice(0, HEAD_CHARACTERS))?.[1]
    const ended = type === undefined ? undefined : this.#options.api.endedBy?.(type)
    learn(this.facts, { ended, isTooLong: true })
    this.#isLost = true
    this.#forgetText()
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (cause) {
      this.#fault(cause)
    }
  }

  #fault(cause: unknown): void {
    this.#isLost = true
    // It may have been text.
    this.#forgetText()
    this.#options.onFault(cause)
  }
}

/** Forms in which events show how an answer goes on. */
const STREAMS = new Set<AnswerForm | 'messages'>(['events', 'aws-events', 'messages'])

const TYPE = /"type"\s*:\s*"([^"]*)"/

/** Ends a stream of Chat Completions. */
const DONE = '[DONE]'
