import { randomBytes } from 'node:crypto'
import type { SpanContext } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node'
import { type OtlpSpan, writtenSpan, writtenStart } from '@tacho/format'
import { createScrubber, type Scrubbed, type Scrubber } from '@tacho/scrub'
import { AppendFile } from '../append-file.js'
import { systemClock } from '../clock.js'
import { realDisk } from '../disk.js'
import { fingerprintOf } from '../fingerprint.js'
import { gapLine, lineOfJson } from '../line.js'
import { OWN_SCOPE } from './own-scope.js'
import { otlpSpanOf, startedSpanOf, tracesDataOf } from './span-line.js'

/** Is given the JSON of a span's line. Throws nothing. */
export type OnSpan = (span: SpanContext, json: Scrubbed) => void

export type SessionFileSpanExporterOptions = {
  /** Is given each span that ended, whole, as the JSON of a line, whether it was written or not. */
  onSpan?: OnSpan | undefined
  /** What the raw log of the same session says is not written again. */
  isBesideRawLog?: boolean
  /** Replaces secrets in what spans say; default: those that are known by their shape. */
  scrubber?: Pick<Scrubber, 'text'>
}

/**
 * Writes spans as OTLP/JSON lines, each with one `write(2)` when it is exported, so that a kill
 * loses none. Never throws; what cannot be written is counted, and told in the file as soon as
 * writing works again.
 *
 * @example
 * import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
 * import { SessionFileSpanExporter, SessionSpanProcessor } from 'tacho/opentelemetry'
 *
 * const exporter = new SessionFileSpanExporter('spans.jsonl')
 * const provider = new NodeTracerProvider({ spanProcessors: [new SessionSpanProcessor(exporter)] })
 */
export class SessionFileSpanExporter implements SpanExporter {
  readonly #file: AppendFile
  readonly #onSpan: OnSpan | undefined
  readonly #isBesideRawLog: boolean
  readonly #scrubber: Pick<Scrubber, 'text'>

  /** @param file the path of the file to append to (made 0600 where there is none), or an open one. */
  constructor(file: string | AppendFile, options: SessionFileSpanExporterOptions = {}) {
    this.#file = typeof file === 'string' ? openFile(file) : file
    this.#onSpan = options.onSpan
    this.#isBesideRawLog = options.isBesideRawLog ?? false
    this.#scrubber = options.scrubber ?? shapesOnly()
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    let isWhole = true
    for (const span of spans) isWhole = this.#appendEnded(span) && isWhole
    done({ code: isWhole ? ExportResultCode.SUCCESS : ExportResultCode.FAILED })
  }

  /** Writes that a span started: what was in flight at a crash is known by it. */
  exportStarted(span: ReadableSpan): void {
    this.#append(() => {
      const started = startedSpanOf(span)
      const written = this.#isBrief(span) ? writtenStart(started) : started
      return written && this.#scrubbedJson({ started: written })
    }, 'started')
  }

  /** Nothing waits here: each line is with the kernel when {@link export} returns. */
  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#file.close()
  }

  #appendEnded(span: ReadableSpan): boolean {
    let whole: OtlpSpan | undefined
    const isWritten = this.#append(() => {
      whole = otlpSpanOf(span)
      const written = this.#isBrief(span) ? writtenSpan(whole) : whole
      return written && this.#scrubbedJson(tracesDataOf(span, written))
    }, 'span')
    if (this.#onSpan !== undefined && whole !== undefined)
      this.#onSpan(span.spanContext(), this.#scrubbedJson(tracesDataOf(span, whole)))
    return isWritten
  }

  #scrubbedJson(value: object): Scrubbed {
    return this.#scrubber.text(JSON.stringify(value))
  }

  // What an instrumentation of somebody else's tells stands nowhere else.
  #isBrief({ instrumentationScope }: ReadableSpan): boolean {
    return this.#isBesideRawLog && instrumentationScope.name === OWN_SCOPE
  }

  /** @param json the line; nothing where there is none to write. */
  #append(json: () => Scrubbed | undefined, kind: string): boolean {
    try {
      const text = json()
      return text === undefined || this.#file.append(lineOfJson(text), kind)
    } catch {
      // An attribute that cannot be turned into JSON. The span is lost, and counted as such.
      return this.#file.lose({ [kind]: 1 })
    }
  }
}

function shapesOnly(): Scrubber {
  const key = randomBytes(32)
  return createScrubber({ fingerprint: (secret) => fingerprintOf(secret, key) })
}

function openFile(path: string): AppendFile {
  return new AppendFile({ disk: realDisk, path, now: systemClock.microseconds, gapLine })
}
