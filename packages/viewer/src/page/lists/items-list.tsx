import { useSignal } from '@preact/signals'
import { address } from '../address.js'
import { type OpenSession, select } from '../session/open-session.js'
import type { Item } from '../session/story.js'
import { duration, offset } from '../words/quantities.js'
import { ChoiceList } from './choice-list.js'

const FILTERS = ['all', 'exchange', 'tool', 'approval', 'cancellation', 'problem'] as const
type Filter = (typeof FILTERS)[number] | 'failed'

/** Everything that happened in the current time range. */
export function ItemsList({ session }: { session: OpenSession }) {
  const filter = useSignal<Filter>('all')
  const words = useSignal('')
  const start = session.story.value?.start ?? 0
  const wanted = words.value.trim().toLowerCase()
  const rows = session.items.value.filter(
    (item) =>
      fits(item, filter.value) &&
      (wanted === '' || `${item.label} ${item.detail}`.toLowerCase().includes(wanted)),
  )
  const selection = address.selection.value
  const chosen = rows.findIndex(
    ({ kind, key }) => kind === selection?.kind && key === selection.key,
  )
  return (
    <section class="items" aria-label="What happened">
      <div class="list-tools">
        <label>
          <span class="visually-hidden">Show</span>
          <select
            value={filter.value}
            onChange={(event) => (filter.value = event.currentTarget.value as Filter)}
          >
            {[...FILTERS, 'failed'].map((one) => (
              <option key={one} value={one}>
                {FILTER_WORDS[one]}
              </option>
            ))}
          </select>
        </label>
        <label class="grows">
          <span class="visually-hidden">Search in what happened</span>
          <input
            type="search"
            placeholder="search"
            value={words.value}
            onInput={(event) => (words.value = event.currentTarget.value)}
          />
        </label>
      </div>
      {rows.length === 0 ? (
        <p class="empty">Nothing here. Show all, or another stretch of time.</p>
      ) : (
        <ChoiceList
          rows={rows}
          label="What happened"
          rowHeight={40}
          keyOf={({ kind, key }) => `${kind}:${key}`}
          chosen={chosen}
          choose={select}
          render={(item) => <Row item={item} start={start} />}
        />
      )}
    </section>
  )
}

function Row({ item, start }: { item: Item; start: number }) {
  return (
    <>
      <span class={`dot ${item.tone}`} aria-hidden="true" />
      <span class="when">{offset(item.at - start)}</span>
      <span class="what">
        <span class="label">
          <span class="kind">{KIND_WORDS[item.kind]}</span> {item.label}
        </span>
        <span class="detail">{item.detail}</span>
      </span>
      <span class="length">{lengthOf(item)}</span>
    </>
  )
}

/** A line of the log has no duration. */
function lengthOf({ kind, at, end }: Item): string {
  if (kind === 'problem') return ''
  return end === undefined ? '…' : duration(end - at)
}

function fits(item: Item, filter: Filter): boolean {
  if (filter === 'all') return true
  return filter === 'failed' ? item.tone === 'bad' : item.kind === filter
}

const FILTER_WORDS: Record<string, string> = {
  all: 'everything',
  exchange: 'exchanges',
  tool: 'tools',
  approval: 'approvals',
  cancellation: 'cancellations',
  problem: 'log problems',
  failed: 'what failed',
}

const KIND_WORDS: Record<Item['kind'], string> = {
  exchange: 'exchange',
  tool: 'tool',
  approval: 'approval',
  cancellation: 'cancellation',
  turn: '',
  problem: 'log',
  gap: 'gap',
}
