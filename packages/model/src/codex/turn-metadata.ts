import type { Headers } from '@tacho/format'
import { record, text } from './values.js'

/** What a request is for if it is not a step of a user's turn, in Codex's words. */
export type RequestPurpose = {
  /** What its thread is for: `thread_title`, `subagent:review`. */
  threadSource?: string
  /** What the request itself asks for: `compaction:auto`. */
  requestKind?: string
}

/**
 * Reads the metadata that Codex (0.169) sends along: `thread_source` with `subagent_kind`, and
 * `request_kind` with the trigger of a compaction.
 */
export function requestPurposeOf(metadata: Record<string, unknown>): RequestPurpose {
  const source = short(metadata.thread_source)
  const kind = short(metadata.request_kind)
  return {
    ...(source !== undefined &&
      source !== 'user' && { threadSource: joined(source, short(metadata.subagent_kind)) }),
    ...(kind === 'compaction' && {
      requestKind: joined(kind, short(record(metadata.compaction).trigger)),
    }),
  }
}

/**
 * Reads the same from a request's headers, which still hold what Tacho 0.1.0 did not tell apart.
 */
export function requestPurposeOfHeaders(headers: Headers): RequestPurpose {
  const json = headers.find(([name]) => name.toLowerCase() === 'x-codex-turn-metadata')?.[1]
  if (json === undefined) return {}
  try {
    return requestPurposeOf(record(JSON.parse(json)))
  } catch {
    return {}
  }
}

function joined(word: string, more: string | undefined): string {
  return more === undefined ? word : `${word}:${more}`
}

function short(value: unknown): string | undefined {
  const word = text(value)
  return word !== undefined && word.length <= 200 ? word : undefined
}
