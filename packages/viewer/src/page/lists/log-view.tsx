import { useSignal } from '@preact/signals'
import type { ComponentChild } from 'preact'
import { useEffect } from 'preact/hooks'
import type { EventLine, LogLine, Page } from '../../api/answers.js'
import { address } from '../address.js'
import type { OpenSession } from '../session/open-session.js'
import { LineList } from './line-list.js'

/** Colour sequences for a terminal. */
const COLOURS = /\u001b\[[\d;]{0,20}m/g

/** The debug log. */
export function LogView({ session }: { session: OpenSession }) {
  return (
    <LongList<LogLine>
      session={session}
      label="Debug log"
      load={(from) => session.source.log(session.id, from)}
      timeOf={({ text }) => Date.parse(text.slice(0, text.indexOf(' '))) * 1000}
      textOf={({ text }) => text}
      render={({ line, text }) => (
        <>
          <span class="line-number">{line}</span>
          {/* The day is at the top of the page. */}
          <code class={levelOf(text)} title={text.slice(0, 27)}>
            {text.replace(COLOURS, '').replace(/^\d{4}-\d\d-\d\dT([\d:]{8}\.\d{3})\d*Z/, '$1')}
          </code>
        </>
      )}
    />
  )
}

/** What the taps saw apart from the API. */
export function EventsView({ session }: { session: OpenSession }) {
  return (
    <LongList<EventLine>
      session={session}
      label="Events"
      load={(from) => session.source.events(session.id, from)}
      timeOf={({ time }) => Date.parse(time) * 1000}
      textOf={({ kind, record }) => `${kind} ${JSON.stringify(record)}`}
      render={({ line, kind, time, record }) => (
        <>
          <span class="line-number">{line}</span>
          <span class="faint">{time.slice(11, 23)}</span> <strong>{kind}</strong>{' '}
          <code>{JSON.stringify(record).slice(0, 2000)}</code>
        </>
      )}
    />
  )
}

type Line = { line: number }

function LongList<Row extends Line>({
  session,
  label,
  load,
  timeOf,
  textOf,
  render,
}: {
  session: OpenSession
  label: string
  load: (from: number) => Promise<Page<Row>>
  /** Microseconds since 1970; NaN if it has no time. */
  timeOf: (row: Row) => number
  textOf: (row: Row) => string
  render: (row: Row) => ComponentChild
}) {
  const rows = useSignal<readonly Row[]>([])
  const problem = useSignal<string | undefined>(undefined)
  const words = useSignal('')

  useEffect(() => {
    let isWanted = true
    // Lines are added, and never change.
    const loadAll = async (): Promise<void> => {
      let next: number | undefined = (rows.peek().at(-1)?.line ?? 0) + 1
      while (next !== undefined && isWanted) {
        const page: Page<Row> = await load(next)
        if (!isWanted) return
        if (page.items.length > 0) rows.value = rows.peek().concat(page.items)
        next = page.next
      }
    }
    loadAll().catch((cause: Error) => {
      problem.value = cause.message
    })
    return () => {
      isWanted = false
    }
  }, [session.id, session.answer.value])

  const range = address.range.value
  const wanted = words.value.trim().toLowerCase()
  const shown = rows.value.filter((row) => {
    const at = timeOf(row)
    if (range !== undefined && Number.isFinite(at) && (at < range.from || at > range.to))
      return false
    return wanted === '' || textOf(row).toLowerCase().includes(wanted)
  })
  return (
    <section class="panel tall" aria-label={label}>
      <div class="list-tools">
        <label class="grows">
          <span class="visually-hidden">Search in it</span>
          <input
            type="search"
            placeholder="search"
            value={words.value}
            onInput={(event) => (words.value = event.currentTarget.value)}
          />
        </label>
        <span class="faint">
          {shown.length} of {rows.value.length} lines
        </span>
      </div>
      {problem.value !== undefined && <p class="problem">{problem.value}</p>}
      {shown.length === 0 ? (
        <p class="empty">Nothing here.</p>
      ) : (
        <LineList
          rows={shown}
          label={`Lines: ${label}`}
          rowHeight={20}
          keyOf={({ line }) => `${line}`}
          render={render}
        />
      )}
    </section>
  )
}

function levelOf(text: string): string {
  const level = /^\S+ (\w+) /.exec(text)?.[1]
  if (level === 'ERROR') return 'bad'
  return level === 'WARN' ? 'waiting' : ''
}
