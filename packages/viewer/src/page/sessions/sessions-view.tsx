import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ListedSession, SessionList } from '../../api/answers.js'
import { openSession } from '../address.js'
import { ChoiceList } from '../lists/choice-list.js'
import type { Source } from '../source/source.js'
import { useAnswer } from '../use-answer.js'
import { count, counted, dateTime } from '../words/quantities.js'

/** Running sessions change: how often the list is read again. */
const INTERVAL_MS = 2000

const ENDED: Record<string, string> = {
  completed: 'ended well',
  failed: 'failed',
  signalled: 'stopped by a signal',
  died: 'died',
  running: 'running',
}

/** All sessions, newest first. */
export function SessionsView({ source }: { source: Source }) {
  const list = useSignal<SessionList | undefined>(undefined)
  const problem = useSignal<string | undefined>(undefined)
  const words = useSignal('')
  const agent = useSignal('')
  const folder = useSignal('')
  const ended = useSignal('')
  const since = useSignal('')
  const chosen = useSignal(-1)

  useEffect(() => {
    let isWanted = true
    const load = async (): Promise<void> => {
      try {
        const answer = await source.sessions()
        if (isWanted) list.value = answer
        problem.value = undefined
      } catch (cause) {
        if (isWanted) problem.value = (cause as Error).message
      }
    }
    void load()
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void load()
    }, INTERVAL_MS)
    return () => {
      isWanted = false
      clearInterval(timer)
    }
  }, [source])

  const all = list.value?.sessions ?? []
  const wanted = words.value.trim().toLowerCase()
  const rows = all.filter(
    (session) =>
      (agent.value === '' || session.agent === agent.value) &&
      (folder.value === '' || session.cwd === folder.value) &&
      (ended.value === '' || session.ended === ended.value) &&
      (since.value === '' || (session.startedAt ?? '') >= since.value) &&
      (wanted === '' ||
        `${session.id} ${session.title ?? ''} ${session.cwd ?? ''}`.toLowerCase().includes(wanted)),
  )
  return (
    <main class="sessions">
      <h1>Sessions</h1>
      <div class="list-tools">
        <label class="grows">
          <span class="visually-hidden">Search in sessions</span>
          <input
            type="search"
            placeholder="search"
            value={words.value}
            onInput={(event) => (words.value = event.currentTarget.value)}
          />
        </label>
        <Filter label="Agent" value={agent} values={all.map((one) => one.agent)} />
        <Filter label="Folder" value={folder} values={all.map((one) => one.cwd)} />
        <Filter label="How it ended" value={ended} values={all.map((one) => one.ended)} />
        <label>
          <span class="visually-hidden">Since the day</span>
          <input
            type="date"
            value={since.value}
            onInput={(event) => (since.value = event.currentTarget.value)}
          />
        </label>
      </div>
      {problem.value !== undefined && <p class="problem">{problem.value}</p>}
      {list.value === undefined && problem.value === undefined && <p class="loading">Looking …</p>}
      {list.value !== undefined && all.length === 0 && (
        <div class="empty">
          <p>There is no session yet. Record one:</p>
          <pre>tacho codex --persist-session</pre>
          <p>Looked in {list.value.roots.join(', ')}</p>
        </div>
      )}
      {all.length > 0 && rows.length === 0 && <p class="empty">No session is like that.</p>}
      {rows.length > 0 && (
        <ChoiceList
          rows={rows}
          label="Sessions"
          rowHeight={70}
          keyOf={({ id, root }) => `${root}/${id}`}
          chosen={chosen.value}
          choose={(session) => {
            chosen.value = rows.indexOf(session)
            openSession(session.id)
          }}
          render={(session) => <Row session={session} source={source} />}
        />
      )}
    </main>
  )
}

function Row({ session, source }: { session: ListedSession; source: Source }) {
  const { id, title, agent, cwd, startedAt, ended = '', problem } = session
  const isTold = ended !== 'running' && problem === undefined
  const { answer: verdict } = useAnswer(
    async (signal) => (isTold ? source.verdict(id, signal) : undefined),
    [id, isTold],
  )
  return (
    <div class="session-row">
      <span class={`dot ${TONES[ended] ?? 'plain'}`} aria-hidden="true" />
      <span class="what">
        <span class="label">{title ?? session.id}</span>
        <span class="verdict-line">{problem ?? verdict?.sentence ?? ENDED[ended] ?? ended}</span>
        <span class="detail">
          {[agent, cwd].filter((word) => word !== undefined).join(' · ')}
          {startedAt !== undefined && <span class="narrow"> · {dateTime(startedAt)}</span>}
        </span>
      </span>
      <span class="numbers">
        <span>{startedAt === undefined ? '' : dateTime(startedAt)}</span>
        <span class="detail">{marksOf(session).join(', ')}</span>
      </span>
    </div>
  )
}

function marksOf(session: ListedSession): string[] {
  const { exchanges, failed, approvals, cancellations, isDamaged, inputTokens } = session
  const marks = [
    exchanges ? counted(exchanges, 'exchange') : '',
    failed ? `${failed} failed` : '',
    approvals ? counted(approvals, 'approval') : '',
    cancellations ? `${cancellations} cancelled` : '',
    isDamaged ? 'damaged' : '',
    inputTokens === undefined ? '' : `${count(inputTokens)} tokens in`,
  ]
  return marks.filter((mark) => mark !== '')
}

const TONES: Record<string, string> = {
  completed: 'good',
  failed: 'bad',
  signalled: 'cut',
  died: 'bad',
  running: 'open',
}

function Filter({
  label,
  value,
  values,
}: {
  label: string
  value: { value: string }
  values: readonly (string | undefined)[]
}) {
  const options = [...new Set(values)].filter((one) => one !== undefined).sort()
  return (
    <label>
      <span class="visually-hidden">{label}</span>
      <select value={value.value} onChange={(event) => (value.value = event.currentTarget.value)}>
        <option value="">{label}: any</option>
        {options.map((one) => (
          <option key={one} value={one}>
            {ENDED[one] ?? one}
          </option>
        ))}
      </select>
    </label>
  )
}
