import { address, type ItemKind } from '../address.js'
import { ExchangePanel } from '../exchange/exchange-panel.js'
import { outcomeWords } from '../ledger/approvals-view.js'
import { stoppedWords } from '../ledger/cancellations-view.js'
import { duration, offset } from '../words/quantities.js'
import type { OpenSession } from './open-session.js'
import type { Item } from './story.js'
import { TraceLink } from './trace-link.js'

/** The selected item, in full. */
export function ItemPanel({ session }: { session: OpenSession }) {
  const item = session.selected.value
  if (item === undefined) {
    const isGone = address.selection.value !== undefined && session.story.value !== undefined
    return (
      <p class="empty">
        {isGone
          ? 'What was selected is not in this session.'
          : 'Select something: in the time line or in the list.'}
      </p>
    )
  }
  if (item.kind === 'exchange') return <ExchangePanel session={session} exchange={item.exchange} />
  const start = session.story.value?.start ?? item.at
  return (
    <section class="panel" aria-label={item.label}>
      <h2>{HEADINGS[item.kind] ?? item.label}</h2>
      {HEADINGS[item.kind] !== undefined && <pre class="code">{item.label}</pre>}
      <dl class="facts">
        <Fact name="at" value={offset(item.at - start)} />
        {item.kind !== 'problem' && (
          <Fact
            name="took"
            value={item.end === undefined ? 'not over' : duration(item.end - item.at)}
          />
        )}
        {factsOf(item).map(([name, value]) => (
          <Fact key={name} name={name} value={value} />
        ))}
      </dl>
      {item.kind === 'problem' && (
        <p class="links">
          <button type="button" class="link" onClick={() => showLog(item.at)}>
            the log around it
          </button>
        </p>
      )}
      {SPANS.has(item.kind) && (
        <p class="links">
          <TraceLink session={session} span={item.key} />
        </p>
      )}
    </section>
  )
}

/** Headings above texts. */
const HEADINGS: Partial<Record<ItemKind, string>> = {
  tool: 'Tool',
  approval: 'Approval',
  problem: 'Log',
}

/** Microseconds before and after a line that roughly belong to it. */
const AROUND = 2_000_000

function showLog(at: number): void {
  address.range.value = { from: at - AROUND, to: at + AROUND }
  address.tab.value = 'log'
}

/** The kinds whose keys are span ids. */
const SPANS: ReadonlySet<ItemKind> = new Set(['turn', 'tool', 'approval', 'cancellation'])

function Fact({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined || value === '') return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function factsOf(item: Item): [string, string | undefined][] {
  switch (item.kind) {
    case 'tool': {
      const { tool } = item
      return [
        ['tool', tool.name],
        ['command', tool.command === item.label ? undefined : tool.command],
        ['query', tool.query],
        ['path', tool.path],
        ['files', tool.files?.join('\n')],
        ['in', tool.cwd],
        ['outcome', tool.outcome ?? item.detail],
        ['exit code', tool.exitCode === undefined ? undefined : `${tool.exitCode}`],
        ['error', tool.error],
        ['call', tool.callId],
        ['span', tool.spanId],
      ]
    }
    case 'approval': {
      const { approval } = item
      return [
        ['asked for', approval.kind],
        ['what', approval.what === item.label ? undefined : approval.what],
        ['reason', approval.reason],
        ['files', approval.files?.join('\n')],
        ['in', approval.cwd],
        ['offered', approval.offered.join(', ')],
        ['outcome', outcomeWords(approval)],
        ['decided by', approval.decidedBy],
        ['rule', approval.rule],
        ['because', approval.rationale],
        ['span', approval.spanId],
      ]
    }
    case 'cancellation': {
      const { cancellation } = item
      return [
        ['came from', cancellation.origin],
        ['what was done', cancellation.reason],
        ['stopped', stoppedWords(cancellation)],
        ['span', cancellation.spanId],
      ]
    }
    case 'turn':
      return [
        ['thread', item.thread.kind],
        ['outcome', item.turn.outcome ?? item.detail],
        ["the agent's word", item.turn.status],
        ['turn', item.turn.id],
        ['span', item.turn.spanId],
      ]
    case 'problem':
      return [
        ['level', item.level],
        ['line of session.log', `${item.line}`],
      ]
    default:
      return [['lost', item.detail]]
  }
}
