import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import { AlwaysOnSampler, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { hrTime } from '../clock.js'
import { SPAN_ATTRIBUTES, SPAN_EVENTS } from '../limits.js'
import { TACHO_VERSION } from '../version.js'
import { OWN_SCOPE } from './own-scope.js'
import { PresetIds } from './preset-ids.js'
import { SessionRouter } from './session-router.js'
import { SynchronousContext } from './synchronous-context.js'
import type { UndiciSpans } from './undici-spans.js'

/** A span to start: its parent, its name, and when it began (microseconds since the epoch). */
export type SpanStart = {
  name: string
  traceId: string
  spanId: string
  /** Absent for a root span. */
  parentSpanId?: string | undefined
  isClient?: boolean
  at: number
  attributes: Attributes
  links?: { traceId: string; spanId: string }[]
}

export type TracingOptions = {
  resource: Resource
  /** Replaces secrets in the URLs that instrumentation-undici records on its spans. */
  scrubUrl: (url: string) => string
}

/** A parent span, and the attributes for the spans below it. */
export type SpanParent = { traceId: string; spanId: string; attributes: Attributes }

/** Wraps everything that this project uses of the OpenTelemetry SDK. */
export class Tracing {
  readonly router = new SessionRouter()
  readonly #ids = new PresetIds()
  readonly #provider: NodeTracerProvider
  readonly #scrubUrl: (url: string) => string
  #undici: UndiciSpans | undefined
  readonly #tracer: Tracer

  constructor(options: TracingOptions) {
    this.#provider = new NodeTracerProvider({
      idGenerator: this.#ids,
      // The environment's OTEL_TRACES_SAMPLER is about what is sent; the recording is complete.
      sampler: new AlwaysOnSampler(),
      spanLimits: { attributeCountLimit: SPAN_ATTRIBUTES, eventCountLimit: SPAN_EVENTS },
      resource: options.resource,
      spanProcessors: [this.router],
    })
    // No propagator: the API must get the headers that the agent sent, and no others.
    this.#provider.register({ propagator: null, contextManager: new SynchronousContext() })
    this.#tracer = this.#provider.getTracer(OWN_SCOPE, TACHO_VERSION)
    this.#scrubUrl = options.scrubUrl
  }

  start(start: SpanStart): Span {
    const { traceId, spanId, parentSpanId } = start
    const parent = parentSpanId === undefined ? ROOT_CONTEXT : inSpan(traceId, parentSpanId)
    return this.#ids.during({ traceId, spanId }, () =>
      this.#tracer.startSpan(
        start.name,
        {
          kind: start.isClient ? SpanKind.CLIENT : SpanKind.INTERNAL,
          startTime: hrTime(start.at),
          attributes: start.attributes,
          links: (start.links ?? []).map(linkTo),
        },
        parent,
      ),
    )
  }

  /** Runs work whose HTTP requests, made with undici, become children of a span. */
  async withinUndici<Result>(parent: SpanParent, work: () => Result): Promise<Result> {
    const { UndiciSpans } = await import('./undici-spans.js')
    this.#undici ??= new UndiciSpans(this.#provider, this.#scrubUrl)
    const { traceId, spanId, attributes } = parent
    return this.#undici.within({ parent: inSpan(traceId, spanId), attributes }, work)
  }

  async shutdown(): Promise<void> {
    this.#undici?.disable()
    await this.#provider.shutdown()
  }
}

function inSpan(traceId: string, spanId: string): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED })
}

function linkTo(link: { traceId: string; spanId: string }): Link {
  return { context: { ...link, traceFlags: TraceFlags.SAMPLED } }
}
