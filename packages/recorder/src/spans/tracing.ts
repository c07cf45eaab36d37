import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOnSampler, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { hrTime } from '../clock.js'
import { SPAN_ATTRIBUTES, SPAN_EVENTS } from '../limits.js'
import { TACHO_VERSION } from '../version.js'
import { PresetIds } from './preset-ids.js'
import { SessionRouter } from './session-router.js'
import { SynchronousContext } from './synchronous-context.js'

/** A span to start: its place, its name, and when it began (microseconds since the epoch). */
export type SpanStart = {
  name: string
  traceId: string
  spanId: string
  /** Not there: a root. */
  parentSpanId?: string | undefined
  isClient?: boolean
  at: number
  attributes: Attributes
  links?: { traceId: string; spanId: string }[]
}

export type TracingOptions = {
  serviceName: string
  /** Replaces secrets in the URLs that instrumentation-undici puts on its spans. */
  scrubUrl: (url: string) => string
}

const ATTRIBUTES = createContextKey('tacho.attributes')

/** The whole of the OpenTelemetry SDK that this project uses stands behind this class. */
export class Tracing {
  readonly router = new SessionRouter()
  readonly #ids = new PresetIds()
  readonly #provider: NodeTracerProvider
  readonly #undici: UndiciInstrumentation
  readonly #tracer: Tracer

  constructor(options: TracingOptions) {
    this.#provider = new NodeTracerProvider({
      idGenerator: this.#ids,
      // The environment's OTEL_TRACES_SAMPLER is about what is sent out; the recording is whole.
      sampler: new AlwaysOnSampler(),
      spanLimits: { attributeCountLimit: SPAN_ATTRIBUTES, eventCountLimit: SPAN_EVENTS },
      resource: resourceFromAttributes({ 'service.name': options.serviceName }),
      spanProcessors: [this.router],
    })
    // Without a propagator: the API must get the headers that the agent sent, and no more.
    this.#provider.register({ propagator: null, contextManager: new SynchronousContext() })
    this.#tracer = this.#provider.getTracer('tacho', TACHO_VERSION)
    this.#undici = new UndiciInstrumentation({
      requireParentforSpans: true,
      startSpanHook: (request) => this.#httpAttributes(request, options.scrubUrl),
    })
    this.#undici.setTracerProvider(this.#provider)
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

  /** Does work whose HTTP requests are children of the given span and carry these attributes. */
  within<Result>(
    place: { traceId: string; spanId: string; attributes: Attributes },
    work: () => Result,
  ): Result {
    return context.with(
      inSpan(place.traceId, place.spanId).setValue(ATTRIBUTES, place.attributes),
      work,
    )
  }

  async shutdown(): Promise<void> {
    this.#undici.disable()
    await this.#provider.shutdown()
  }

  #httpAttributes(
    request: { origin: string; path: string },
    scrubUrl: (url: string) => string,
  ): Attributes {
    const attributes = context.active().getValue(ATTRIBUTES) as Attributes | undefined
    const url = scrubUrl(new URL(request.path, request.origin).toString())
    return { ...attributes, 'url.full': url, 'url.query': new URL(url).search }
  }
}

function inSpan(traceId: string, spanId: string): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED })
}

function linkTo(link: { traceId: string; spanId: string }): Link {
  return { context: { ...link, traceFlags: TraceFlags.SAMPLED } }
}
