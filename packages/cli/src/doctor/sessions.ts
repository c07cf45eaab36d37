import type { SessionSummary } from '@tacho/reader'
import type { Finding } from './finding.js'

/** Counts the sessions, and reports which of them need attention. */
export function sessionFindings(sessions: readonly SessionSummary[]): Finding[] {
  const about = 'sessions'
  const count = (is: (session: SessionSummary) => boolean) => sessions.filter(is).length
  const running = count(({ ended }) => ended === 'running')
  const died = count(({ ended }) => ended === 'died')
  const damaged = sessions.filter(({ damage }) => damage.length > 0)
  const newer = count(({ newerFormat }) => newerFormat !== undefined)
  const counts = [running > 0 ? `${running} running` : '', died > 0 ? `${died} died` : '']
  const words = [String(sessions.length), ...counts.filter((word) => word !== '')].join(', ')
  const findings: Finding[] = [{ about, status: 'ok', text: words }]
  if (damaged.length > 0) {
    const text = `${damaged.length} damaged, ${damaged[0]?.id} among them`
    const next = `tacho verify ${damaged[0]?.id} tells what; tacho salvage writes what can be read`
    findings.push({ about, status: 'warning', text, next })
  }
  if (newer > 0) {
    const text = `${newer} of a newer format`
    findings.push({ about, status: 'warning', text, next: 'Update Tacho to read them.' })
  }
  return findings
}
