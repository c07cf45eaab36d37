import { effect, signal } from '@preact/signals'

/** The kinds of things in a session that can be selected. */
export const ITEM_KINDS = [
  'exchange',
  'tool',
  'approval',
  'cancellation',
  'turn',
  'problem',
  'gap',
] as const
export type ItemKind = (typeof ITEM_KINDS)[number]
export type Selection = { kind: ItemKind; key: string }

/** A range of time, in microseconds since 1970. */
export type TimeRange = { from: number; to: number }

export const TABS = [
  'timeline',
  'approvals',
  'cancellations',
  'context',
  'log',
  'events',
  'compare',
] as const
export type Tab = (typeof TABS)[number]

/** What the page shows: all of it is in the address, so that a link or a reload shows the same. */
export const address = {
  session: signal<string | undefined>(undefined),
  selection: signal<Selection | undefined>(undefined),
  range: signal<TimeRange | undefined>(undefined),
  tab: signal<Tab>('timeline'),
  /** What the selected exchange is compared with: `<exchange>`, or `<session>/<exchange>`. */
  other: signal<string | undefined>(undefined),
}

/** Follows the address of the page, and keeps it up to date. */
export function followAddress(): void {
  read()
  window.addEventListener('hashchange', read)
  effect(() => {
    const hash = written()
    if (hash !== location.hash.slice(1)) history.replaceState(null, '', `#${hash}`)
  })
}

/** Goes to another session, or to the list, as a step that the browser's back button undoes. */
export function openSession(id: string | undefined): void {
  history.pushState(null, '', id === undefined ? '#' : `#session=${encodeURIComponent(id)}`)
  read()
}

function read(): void {
  const words = new URLSearchParams(location.hash.slice(1))
  address.session.value = words.get('session') ?? undefined
  address.selection.value = selectionOf(words.get('selected') ?? '')
  address.range.value = rangeOf(words.get('range') ?? '')
  address.tab.value = TABS.find((tab) => tab === words.get('tab')) ?? 'timeline'
  address.other.value = words.get('other') ?? undefined
}

function written(): string {
  const { session, selection, range, tab, other } = address
  if (session.value === undefined) return ''
  const words = new URLSearchParams({ session: session.value })
  if (tab.value !== 'timeline') words.set('tab', tab.value)
  if (selection.value) words.set('selected', `${selection.value.kind}:${selection.value.key}`)
  if (range.value) words.set('range', `${range.value.from}-${range.value.to}`)
  if (other.value !== undefined) words.set('other', other.value)
  return words.toString()
}

function selectionOf(text: string): Selection | undefined {
  const at = text.indexOf(':')
  const kind = ITEM_KINDS.find((one) => one === text.slice(0, at))
  return kind === undefined ? undefined : { kind, key: text.slice(at + 1) }
}

function rangeOf(text: string): TimeRange | undefined {
  const [, from, to] = /^(\d{1,17})-(\d{1,17})$/.exec(text) ?? []
  if (from === undefined || Number(from) >= Number(to)) return undefined
  return { from: Number(from), to: Number(to) }
}
