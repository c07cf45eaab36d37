import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EndRecord, Headers, RawRecord } from '@tacho/format'
import {
  type Clock,
  type Exchange,
  type ExchangeEnd,
  Recording,
  type RecordingOptions,
} from '@tacho/recorder'
import { SessionOnDisk } from '../../agents/session-on-disk.js'
import { atEndOfFile } from '../../end-of-file.js'

export const SECRET = 'zstd-and-friends-0123456789'

/** A recording in a folder of its own. */
export function recordingOf(clock?: Clock, more: Partial<RecordingOptions> = {}): Recording {
  const root = mkdtempSync(join(tmpdir(), 'tacho-exchanges-'))
  atEndOfFile(() => rmSync(root, { recursive: true, force: true }))
  return new Recording({
    root,
    agent: { name: 'codex' },
    command: 'exec',
    argv: [],
    cwd: root,
    environment: { SOME_TOKEN: SECRET },
    logLevel: 'info',
    onTrouble: () => {},
    ...(clock && { clock }),
    ...more,
  })
}

export function begin(
  recording: Recording,
  headers: Headers = [],
  url = 'https://api.example/v1/responses',
): Exchange {
  return recording.exchange({
    method: 'POST',
    url,
    headers,
    provider: 'example',
    conversation: { sessionId: 'bodies' },
  })
}

/** Ends an exchange, and returns its records once all of them are written. */
export async function recorded(
  recording: Recording,
  exchange: Exchange,
  end: ExchangeEnd = { state: 'completed' },
): Promise<Recorded> {
  exchange.end(end)
  await exchange.finished
  return recordsOf(recording, exchange)
}

export type Recorded = {
  records: Exclude<RawRecord, { kind: 'gap' | 'message' }>[]
  kinds: string
  request: Extract<RawRecord, { kind: 'request-body' }> | undefined
  chunks: Extract<RawRecord, { kind: 'chunk' }>[]
  end: EndRecord | undefined
}

export function recordsOf(recording: Recording, { id }: Exchange): Recorded {
  const records = new SessionOnDisk(recording.latest.folder).raw.filter(
    (record): record is Recorded['records'][number] =>
      record.kind !== 'gap' && record.kind !== 'message' && record.exchange === id,
  )
  return {
    records,
    kinds: records.map(({ kind }) => kind).join(' '),
    request: records.find((record) => record.kind === 'request-body'),
    chunks: records.filter((record) => record.kind === 'chunk'),
    end: records.find((record) => record.kind === 'end'),
  }
}
