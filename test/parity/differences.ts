/** How much of a text is shown before and after its first difference. */
const BEFORE = 80
const BEHIND = 160

/**
 * Where two values of the same form differ, one readable line per place: a request is 38 KB, and
 * whoever looks at a red row wants the few bytes that differ.
 */
export function differences(alone: unknown, recorded: unknown, path = 'run'): string[] {
  if (Object.is(alone, recorded)) return []
  if (typeof alone === 'string' && typeof recorded === 'string') {
    return [
      `${path}:\n  alone:    ${around(alone, recorded)}\n  recorded: ${around(recorded, alone)}`,
    ]
  }
  if (isRecord(alone) && isRecord(recorded)) {
    const names = new Set([...Object.keys(alone), ...Object.keys(recorded)])
    return Array.from(names).flatMap((name) =>
      differences(alone[name], recorded[name], `${path}.${name}`),
    )
  }
  return [`${path}: alone ${shown(alone)}, recorded ${shown(recorded)}`]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function around(text: string, other: string): string {
  let at = 0
  while (at < text.length && text[at] === other[at]) at += 1
  const start = Math.max(0, at - BEFORE)
  return `${start > 0 ? '…' : ''}${JSON.stringify(text.slice(start, at + BEHIND))} (${text.length} characters)`
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > BEFORE + BEHIND ? `${text.slice(0, BEFORE + BEHIND)}…` : text
}
