import type { SpanContext } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node'
import { AppendFile } from '../append-file.js'
import { systemClock } from '../clock.js'
import { realDisk } from '../disk.js'
import { gapLine, lineOfJson } from '../line.js'
import { startedSpanOf, tracesDataOf } from './span-line.js'

/** Is given the JSON of a span's line. Throws nothing. */
export type OnSpan = (span: SpanContext, json: string) => void

/**
 * Writes spans as OTLP/JSON lines, each with one `write(2)` when it is exported, so that a kill
 * loses none. Never throws; what cannot be written is counted, and told in the file as soon as
 * writing works again.
 *
 * @example
 * import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
 * import { SessionFileSpanExporter, SessionSpanProcessor } from '@tacho/recorder'
 *
 * const exporter = new SessionFileSpanExporter('spans.jsonl')
 * const provider = new NodeTracerProvider({ spanProcessors: [new SessionSpanProcessor(exporter)] })
 */
export class SessionFileSpanExporter implements SpanExporter {
  readonly #file: AppendFile
  readonly #onSpan: OnSpan | undefined

  /**
   * @param file the path of the file to append to (made 0600 where there is none), or an open one.
   * @param onSpan is given each span that ended, as the JSON of its line, whether it was written or not.
   */
  constructor(file: string | AppendFile, onSpan?: OnSpan) {
    this.#file = typeof file === 'string' ? openFile(file) : file
    this.#onSpan = onSpan
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    let isWhole = true
    for (const span of spans) isWhole = this.#appendEnded(span) && isWhole
    done({ code: isWhole ? ExportResultCode.SUCCESS : ExportResultCode.FAILED })
  }

  /** Writes that a span started: what was in flight at a crash is known by it. */
  exportStarted(span: ReadableSpan): void {
    this.#append(() => JSON.stringify(startedSpanOf(span)), 'started')
  }

  /** Nothing waits here: each line is with the kernel when {@link export} returns. */
  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {
    this.#file.close()
  }

  #appendEnded(span: ReadableSpan): boolean {
    let json: string | undefined
    const isWritten = this.#append(() => {
      json = JSON.stringify(tracesDataOf(span))
      return json
    }, 'span')
    if (json !== undefined) this.#onSpan?.(span.spanContext(), json)
    return isWritten
  }

  #append(json: () => string, kind: string): boolean {
    try {
      return this.#file.append(lineOfJson(json()), kind)
    } catch {
      // An attribute that cannot be turned into JSON. The span is lost, and counted as such.
      return this.#file.lose(kind)
    }
  }
}

function openFile(path: string): AppendFile {
  return new AppendFile({ disk: realDisk, path, now: systemClock.microseconds, gapLine })
}
