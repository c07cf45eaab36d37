import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { EndRecord, ExchangeRecord, Manifest, RawRecord, StartedSpan } from '@tacho/format'
import { type OtlpSpan, SESSION_FILES, type TracesData } from '@tacho/format'
import { WholeSpans } from '@tacho/reader'

/**
 * A session folder as any program reads it, with a JSON parser alone; spans are completed from the
 * raw log.
 */
export class SessionOnDisk {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  get id(): string {
    return basename(this.folder)
  }

  get manifest(): Manifest {
    return JSON.parse(this.text(SESSION_FILES.manifest)) as Manifest
  }

  get raw(): RawRecord[] {
    return this.lines(SESSION_FILES.raw) as RawRecord[]
  }

  /** The heads of all requests, in their starting order. */
  get exchanges(): ExchangeRecord[] {
    return this.raw.filter((record) => record.kind === 'exchange')
  }

  get ends(): EndRecord[] {
    return this.raw.filter((record) => record.kind === 'end')
  }

  /** The ended spans. */
  get spans(): OtlpSpan[] {
    const whole = new WholeSpans(this.folder)
    return this.lines(SESSION_FILES.meta)
      .filter((line): line is TracesData => 'resourceSpans' in line)
      .flatMap((line) => line.resourceSpans)
      .flatMap((resource) => resource.scopeSpans)
      .flatMap((scope) => scope.spans)
      .flatMap((span) => whole.ended(span))
  }

  get started(): Required<StartedSpan['started']>[] {
    const whole = new WholeSpans(this.folder)
    return this.lines(SESSION_FILES.meta)
      .filter((line): line is StartedSpan => 'started' in line)
      .map(({ started }) => whole.started(started) as Required<StartedSpan['started']>)
  }

  /** The debug log. */
  get log(): string {
    return this.text(SESSION_FILES.log)
  }

  get rollouts(): string[] {
    return this.names().filter((name) => name.startsWith('rollout-'))
  }

  names(): string[] {
    return readdirSync(this.folder).sort()
  }

  text(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }

  /** The mode of a file, or of the folder itself: `600`. */
  mode(name = '.'): string {
    return (statSync(join(this.folder, name)).mode & 0o777).toString(8)
  }

  lines(name: string): object[] {
    const text = this.text(name)
    if (text !== '' && !text.endsWith('\n')) throw new Error(`${name} ends in a torn line`)
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as object)
  }
}

/** The value of a span's attribute. */
export function attribute(span: Pick<OtlpSpan, 'attributes'>, name: string): unknown {
  const value = span.attributes.find(({ key }) => key === name)?.value
  return value === undefined ? undefined : Object.values(value)[0]
}
