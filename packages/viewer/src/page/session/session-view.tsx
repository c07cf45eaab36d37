import { useEffect, useMemo } from 'preact/hooks'
import { address, openSession, TABS, type Tab } from '../address.js'
import { CompareView } from '../compare/compare-view.js'
import { ApprovalsView } from '../ledger/approvals-view.js'
import { CancellationsView } from '../ledger/cancellations-view.js'
import { ItemsList } from '../lists/items-list.js'
import { EventsView, LogView } from '../lists/log-view.js'
import type { Source } from '../source/source.js'
import { Timeline } from '../timeline/timeline.js'
import { dateTime, duration } from '../words/quantities.js'
import { ContextView } from './context-view.js'
import { ItemPanel } from './item-panel.js'
import { onKeys } from './keys.js'
import { type OpenSession, openedSession } from './open-session.js'
import { SessionId } from './session-id.js'
import { Verdict } from './verdict.js'

const TAB_WORDS: Record<Tab, string> = {
  timeline: 'what happened',
  approvals: 'approvals',
  cancellations: 'cancellations',
  context: 'context',
  log: 'log',
  events: 'events',
  compare: 'compare',
}

/** One session: its verdict, its time line, and below that what is selected. */
export function SessionView({ source, id }: { source: Source; id: string }) {
  const session = useMemo(() => openedSession(source, id), [source, id])
  useEffect(() => () => session.close(), [session])
  useEffect(() => onKeys(session), [session])
  const answer = session.answer.value
  const story = session.story.value
  return (
    <main class="session">
      <Head session={session} />
      {session.problem.value !== undefined && <p class="problem">{session.problem.value}</p>}
      <Verdict session={session} />
      {answer === undefined && session.problem.value === undefined && (
        <p class="loading">Reading the session …</p>
      )}
      {story !== undefined && (
        <>
          <Timeline session={session} story={story} />
          <div class="tabs" role="tablist" aria-label="Of this session">
            {TABS.map((tab) => (
              <button
                key={tab}
                type="button"
                role="tab"
                aria-selected={address.tab.value === tab}
                onClick={() => (address.tab.value = tab)}
              >
                {TAB_WORDS[tab]}
              </button>
            ))}
          </div>
          <TabPanel session={session} />
        </>
      )}
    </main>
  )
}

function TabPanel({ session }: { session: OpenSession }) {
  switch (address.tab.value) {
    case 'timeline':
      return (
        <div class="two">
          <ItemsList session={session} />
          <ItemPanel session={session} />
        </div>
      )
    case 'approvals':
      return (
        <div class="two">
          <ApprovalsView session={session} />
          <ItemPanel session={session} />
        </div>
      )
    case 'cancellations':
      return (
        <div class="two">
          <CancellationsView session={session} />
          <ItemPanel session={session} />
        </div>
      )
    case 'context':
      return <ContextView session={session} />
    case 'log':
      return <LogView session={session} />
    case 'events':
      return <EventsView session={session} />
    case 'compare':
      return <CompareView session={session} />
    default:
      return null
  }
}

function Head({ session }: { session: OpenSession }) {
  const answer = session.answer.value
  const story = session.story.value
  const run = answer?.parts.runs[0]
  return (
    <header class="session-head">
      {session.source.hasList && (
        <button type="button" class="link" onClick={() => openSession(undefined)}>
          ← Sessions
        </button>
      )}
      <h1>{answer?.heading ?? session.id}</h1>
      {answer !== undefined && (
        <p class="faint">
          <SessionId id={session.id} />
          {answer.agent.title ?? answer.agent.name} {answer.agent.version} · {run?.cwd}
          {answer.startedAt === undefined ? '' : ` · ${dateTime(answer.startedAt)}`}
          {story === undefined ? '' : ` · ${duration(story.end - story.start)}`}
          {answer.ended === 'running' && <span class="badge live">live</span>}
        </p>
      )}
    </header>
  )
}
