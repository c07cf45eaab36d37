import type { Approval } from '@tacho/model'
import { type OpenSession, select } from '../session/open-session.js'
import { duration, offset } from '../words/quantities.js'
import { itemsOf } from './items-of.js'

/** Every question asked before an action: who answered it, how, and after how long. */
export function ApprovalsView({ session }: { session: OpenSession }) {
  const approvals = itemsOf(session, 'approval')
  const start = session.story.value?.start ?? 0
  // If it is unknown who answered, nothing is said about people.
  const byPeople = approvals.filter(({ approval }) => approval.decidedBy === 'user')
  const waited = byPeople.reduce((sum, { approval }) => sum + (approval.waitMs ?? 0), 0)
  if (approvals.length === 0) {
    return <p class="empty">Nobody was asked for anything in this stretch of time.</p>
  }
  return (
    <section class="panel" aria-label="Approvals">
      <p>
        {approvals.length} asked
        {byPeople.length > 0 && `; people were waited for ${duration(waited * 1000)}`}.
      </p>
      <table class="ledger">
        <thead>
          <tr>
            <th scope="col">at</th>
            <th scope="col">what</th>
            <th scope="col">outcome</th>
            <th scope="col">by</th>
            <th scope="col">waited</th>
          </tr>
        </thead>
        <tbody>
          {approvals.map((item) => (
            <tr key={item.key}>
              <td>{offset(item.at - start)}</td>
              <td>
                <button type="button" class="link" onClick={() => select(item)}>
                  {item.approval.what ?? item.approval.kind}
                </button>
                {item.approval.reason !== undefined && <p class="faint">{item.approval.reason}</p>}
              </td>
              <td class={item.tone}>{outcomeWords(item.approval)}</td>
              <td>{item.approval.decidedBy ?? ''}</td>
              <td>
                {item.approval.waitMs === undefined ? '' : duration(item.approval.waitMs * 1000)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Returns the outcome, and the agent's own word if that differs. */
export function outcomeWords({ outcome, decision, open }: Approval): string {
  if (outcome === undefined) return open === 'running' ? 'open' : 'never answered'
  return decision === undefined || decision === outcome ? outcome : `${outcome} (${decision})`
}
