import type { HostEvent } from '@tacho/format'
import type { HostRecording } from '../register/host-recording.js'
import { jsonOf, memberOf, textOf } from './plain.js'

/** The most characters of one text that are kept; of a longer one, only its length. */
const CHARACTERS = 64 * 1024

/** The name of this part in the session's log when it has a fault. */
const PART = 'what the program tells'

type EventOf<Kind extends HostEvent['kind']> = Extract<HostEvent, { kind: Kind }>

/** An event's members; those that are `undefined` are left out. */
type Members<Event> = { [Name in keyof Omit<Event, 'kind'>]: Event[Name & keyof Event] | undefined }

/**
 * Records an event of the program's, if it is recorded. Never throws.
 *
 * @param members makes the event's members; it reads the host's values, so it may throw.
 */
export function tell<Kind extends HostEvent['kind']>(
  host: HostRecording | undefined,
  kind: Kind,
  members: () => Members<EventOf<Kind>>,
): void {
  host?.barrier.do(PART, () => {
    const known = Object.entries(members()).filter(([, value]) => value !== undefined)
    host.event({ kind, ...Object.fromEntries(known) } as EventOf<Kind>)
  })
}

/** Returns a value as JSON, its length if that is too long, or undefined for undefined. */
export function kept(value: unknown): string | { omitted: number } | undefined {
  if (value === undefined) return undefined
  const json = jsonOf(value)
  return json.length > CHARACTERS ? { omitted: json.length } : json
}

/** Returns the program's text; any other value as JSON. */
export function words(value: unknown): string {
  if (value === undefined) return ''
  const text = textOf(value)
  return text.length > CHARACTERS ? `[${text.length} characters]` : text
}

/** The same for a member, or undefined if it is missing. */
export function wordsIn(value: unknown, name: string): string | undefined {
  const member = memberOf(value, name)
  return member === undefined ? undefined : words(member)
}
