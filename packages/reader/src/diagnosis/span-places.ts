import { SESSION_FILES } from '@tacho/format'
import type { EvidencePlace } from '@tacho/model'
import { readLog } from '../read-log.js'

/** Returns where spans are: the last line of each, which is its end if it has one. */
export function spanPlaces(
  folder: string,
  spanIds: ReadonlySet<string>,
): Map<string, EvidencePlace> {
  const places = new Map<string, EvidencePlace>()
  if (spanIds.size === 0) return places
  const wanted = [...spanIds].map(
    (id) => [id, Buffer.from(`"spanId":${JSON.stringify(id)}`)] as const,
  )
  const isWanted = (line: Buffer): boolean => wanted.some(([, text]) => line.includes(text))
  const lines = readLog(folder, SESSION_FILES.meta, () => undefined, { wanted: isWanted })
  for (const { value, file, line } of lines) {
    for (const id of ownSpans(value)) if (spanIds.has(id)) places.set(id, { file, line })
  }
  return places
}

// Links refer to other spans by a member of the same name.
function ownSpans(value: Record<string, unknown>): string[] {
  const { started, resourceSpans = [] } = value as Loose
  if (started !== undefined) return [String(started.spanId)]
  return resourceSpans.flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ spans = [] }) => spans.map(({ spanId }) => String(spanId))),
  )
}

type Loose = {
  started?: { spanId?: unknown }
  resourceSpans?: { scopeSpans?: { spans?: { spanId?: unknown }[] }[] }[]
}
