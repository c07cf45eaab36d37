import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  type Span,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { hrTime } from '../clock.js'
import type { Later } from '../later.js'

/** What an HTTP request belongs to, as a context says it, and what its span says beside its own. */
export type HttpPlace = { parent: Context; attributes: Attributes }

export type HttpSpansOptions = {
  provider: TracerProvider
  later: Later
  now: () => number
  /** Replaces secrets in the URLs that instrumentation-undici puts on its spans. */
  scrubUrl: (url: string) => string
}

/** The place of the requests that are made in a context; asked for when the span starts. */
const PLACE = createContextKey('the place of an HTTP request')

/** What of the instrumentation we reach into: private, so it may be gone in another version. */
type Subscribing = { subscribeToChannel?: (channel: string, told: Told) => void }
type Told = (message: unknown) => void

/**
 * The spans of instrumentation-undici. It makes them while the request is being made, which is 0.2 ms
 * that the host would wait for each; here it is told of what happened later, with the time at which
 * it did.
 */
export class HttpSpans {
  readonly #options: HttpSpansOptions
  readonly #undici: UndiciInstrumentation
  /** The time and the place of what the instrumentation is being told. */
  #at: number | undefined
  #place: HttpPlace | undefined

  constructor(options: HttpSpansOptions) {
    this.#options = options
    this.#undici = new UndiciInstrumentation({
      requireParentforSpans: true,
      startSpanHook: (request) => this.#attributes(request),
    })
    this.#undici.setTracerProvider(this.#timed(options.provider))
    this.#tellLater()
  }

  /** Does work whose HTTP requests have the place that is known when their spans start, or none. */
  within<Result>(place: () => HttpPlace | undefined, work: () => Result): Result {
    return context.with(context.active().setValue(PLACE, place), work)
  }

  disable(): void {
    this.#undici.disable()
  }

  // It has subscribed in its constructor already, so it does so once more.
  #tellLater(): void {
    const undici = this.#undici as unknown as Subscribing
    const subscribe = undici.subscribeToChannel
    if (subscribe === undefined) return
    this.#undici.disable()
    undici.subscribeToChannel = (channel, told) =>
      subscribe.call(undici, channel, (message) => this.#told(told, message))
    this.#undici.enable()
  }

  #told(told: Told, message: unknown): void {
    const at = this.#options.now()
    const place = context.active().getValue(PLACE) as (() => HttpPlace | undefined) | undefined
    this.#options.later.spare(() => {
      this.#at = at
      this.#place = place?.()
      try {
        if (this.#place === undefined) told(message)
        else context.with(this.#place.parent, told, undefined, message)
      } catch {
        // A span of the recording's is missing then, and nothing of the host's.
      }
      this.#at = undefined
      this.#place = undefined
    })
  }

  #attributes({ origin, path }: { origin: string; path: string }): Attributes {
    const url = this.#options.scrubUrl(new URL(path, origin).toString())
    return { ...this.#place?.attributes, 'url.full': url, 'url.query': new URL(url).search }
  }

  /** The same tracers, whose spans start and end at the time of what is being told. */
  #timed(provider: TracerProvider): TracerProvider {
    return {
      getTracer: (name, version, options) =>
        this.#timedTracer(provider.getTracer(name, version, options)),
    }
  }

  #timedTracer(tracer: Tracer): Tracer {
    return {
      startSpan: (name, options, parent) =>
        this.#endsInTime(
          tracer.startSpan(
            name,
            { ...options, ...(this.#at !== undefined && { startTime: hrTime(this.#at) }) },
            parent,
          ),
        ),
      startActiveSpan: tracer.startActiveSpan.bind(tracer),
    }
  }

  #endsInTime(span: Span): Span {
    const end = span.end.bind(span)
    span.end = (time) => end(time ?? (this.#at === undefined ? undefined : hrTime(this.#at)))
    return span
  }
}
