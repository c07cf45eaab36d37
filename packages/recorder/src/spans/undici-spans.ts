import type { TracerProvider } from '@opentelemetry/api'
import { type Attributes, type Context, context, createContextKey } from '@opentelemetry/api'
import {
  UndiciInstrumentation,
  type UndiciInstrumentationConfig,
} from '@opentelemetry/instrumentation-undici'
import { encodeAttributes } from '@tacho/format'

/** What an HTTP request belongs to, as a context says it, and what its span says beside its own. */
export type HttpPlace = { parent: Context; attributes: Attributes }

/** The place of the requests that are made in a context. */
const PLACE = createContextKey('the place of an HTTP request')

/**
 * The spans of instrumentation-undici, for requests of which undici is the client. It subscribes to
 * channels that are global to the process: it is loaded where such a request is made, and no sooner.
 */
export class UndiciSpans {
  readonly #undici: UndiciInstrumentation

  /** @param scrubUrl replaces secrets in the URLs that the instrumentation puts on its spans. */
  constructor(provider: TracerProvider, scrubUrl: (url: string) => string) {
    this.#undici = new UndiciInstrumentation(configWith(scrubUrl))
    this.#undici.setTracerProvider(provider)
  }

  /** Does work whose HTTP requests have that place. */
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
