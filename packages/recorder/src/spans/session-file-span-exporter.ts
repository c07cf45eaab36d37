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
import { gapLine } from '../gap-line.js'
import { lineOfJson } from '../line.js'
import { OWN_SCOPE } from './own-scope.js'
import { otlpSpanOf, startedSpanOf, tracesDataOf } from './span-line.js'

/** Receives the JSON of a span's line. Must not throw. */
export type OnSpan = (span: SpanContext, json: Scrubbed) => void

export type SessionFileSpanExporterOptions = {
  /** Receives each ended span, complete, as the JSON of a line, whether it was written or not. */
  onSpan?: OnSpan | undefined
  /** Whether to omit what the raw log of the same session says. */
  isBesideRawLog?: boolean
  /** Replaces secrets in spans; default: those recognized by their shape. */
  scrubber?: Pick<Scrubber, 'text'>
}

/**
 * Writes spans as OTLP/JSON lines, each with one `write(2)` when it is exported, so that a kill
 * loses none. Never throws; what cannot be written is counted, and recorded in the file once
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

  /** @param file the path of a file to append to (created with mode 0600), or an open one. */
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

  /** Writes that a span started, which shows what was in flight after a crash. */
  exportStarted(span: ReadableSpan): void {
    this.#append(() => {
      const started = startedSpanOf(span)
      const written = this.#isBrief(span) ? writtenStart(started) : started
      return written && this.#scrubbedJson({ started: written })
    }, 'started')
  }

  /** Nothing is buffered: each line is with the kernel when {@link export} returns. */
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

  // Only Tacho's own spans repeat the raw log; other instrumentation's spans do not.
  #isBrief({ instrumentationScope }: ReadableSpan): boolean {
    return this.#isBesideRawLog && instrumentationScope.name === OWN_SCOPE
  }

  /** @param json makes the line; undefined if there is none to write. */
  #append(json: () => Scrubbed | undefined, kind: string): boolean {
    try {
      const text = json()
      return text === undefined || this.#file.append(lineOfJson(text), kind)
    } catch {
      // An attribute that cannot be converted to JSON. The span is lost, and counted as such.
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
