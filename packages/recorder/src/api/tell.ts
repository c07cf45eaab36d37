import type { HostEvent } from '@tacho/format'
import type { HostRecording } from '../register/host-recording.js'
import { jsonOf, memberOf, textOf } from './plain.js'

/** Of one text this much is kept, in characters; of a longer one how long it was. */
const CHARACTERS = 64 * 1024

/** What a fault of ours is called in the session's log. */
const PART = 'what the program tells'

type EventOf<Kind extends HostEvent['kind']> = Extract<HostEvent, { kind: Kind }>

/** The members of an event; those that are `undefined` are left out. */
type Members<Event> = { [Name in keyof Omit<Event, 'kind'>]: Event[Name & keyof Event] | undefined }

/**
 * Writes what the program says, where it is recorded. Throws nothing.
 *
 * @param members makes what the event says: what the host gave is read in it, and can throw.
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

/** A value as JSON, or how long that would have been. Nothing of nothing. */
export function kept(value: unknown): string | { omitted: number } | undefined {
  if (value === undefined) return undefined
  const json = jsonOf(value)
  return json.length > CHARACTERS ? { omitted: json.length } : json
}

/** A text of the program's; whatever else it gives, as JSON. */
export function words(value: unknown): string {
  if (value === undefined) return ''
  const text = textOf(value)
  return text.length > CHARACTERS ? `[${text.length} characters]` : text
}

/** The same of a member; nothing where that is not there. */
export function wordsIn(value: unknown, name: string): string | undefined {
  const member = memberOf(value, name)
  return member === undefined ? undefined : words(member)
}
