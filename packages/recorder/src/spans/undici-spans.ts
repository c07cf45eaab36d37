import type { TracerProvider } from '@opentelemetry/api'
import { type Attributes, type Context, context, createContextKey } from '@opentelemetry/api'
import {
  UndiciInstrumentation,
  type UndiciInstrumentationConfig,
} from '@opentelemetry/instrumentation-undici'
import { encodeAttributes } from '@tacho/format'

/** The parent of an HTTP request's span, as a context, and attributes for the span. */
export type HttpPlace = { parent: Context; attributes: Attributes }

/** The context key of {@link HttpPlace}. */
const PLACE = createContextKey('the place of an HTTP request')

/**
 * The spans of instrumentation-undici, for requests made with undici. It subscribes to channels
 * that are global to the process, so it is loaded only when such a request is made.
 */
export class UndiciSpans {
  readonly #undici: UndiciInstrumentation

  /** @param scrubUrl replaces secrets in the URLs that the instrumentation records on its spans. */
  constructor(provider: TracerProvider, scrubUrl: (url: string) => string) {
    this.#undici = new UndiciInstrumentation(configWith(scrubUrl))
    this.#undici.setTracerProvider(provider)
  }

  /** Runs work whose HTTP requests have that parent. */
  within<Result>(place: HttpPlace, work: () => Result): Result {
    return context.with(place.parent.setValue(PLACE, place), work)
  }

  disable(): void {
    this.#undici.disable()
  }
}

function configWith(scrubUrl: (url: string) => string): UndiciInstrumentationConfig {
  return {
    requireParentforSpans: true,
    startSpanHook: ({ origin, path }) => {
      const url = scrubUrl(new URL(path, origin).toString())
      const place = context.active().getValue(PLACE) as HttpPlace | undefined
      const query = URL.canParse(url) ? new URL(url).search : ''
      return { ...place?.attributes, ...encodeAttributes('http', { url, query }) }
    },
  }
}
