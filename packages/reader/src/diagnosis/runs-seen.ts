import type { EventRecord, GapRecord } from '@tacho/format'
import type { EvidencePlace, RunSeen } from '@tacho/model'
import { microsOfIso } from '../micros.js'
import type { Session } from '../read-session.js'
import type { Sound } from '../sound-records.js'

/** What a session's events say about its runs. */
export class RunsSeen {
  readonly #runs = new Map<string, RunSeen>()
  readonly gaps: { gap: GapRecord; at: EvidencePlace }[] = []
  lastAt: number | undefined
  /** Calls that a sandbox denied, and whether tools run in one, according to Codex's log events. */
  readonly sandboxDenied: string[] = []
  isSandboxed = false

  take({ record, file, line }: Sound<EventRecord | GapRecord>): void {
    const place = { file, line }
    if (record.kind === 'gap') {
      this.gaps.push({ gap: record, at: place })
      return
    }
    const at = microsOfIso(record.time) ?? 0
    if (at > (this.lastAt ?? 0)) this.lastAt = at
    const run = this.#of(record.run)
    run.after = Math.max(run.after ?? 0, record.after)
    if (record.kind === 'run-started') {
      run.started = place
      run.startedAt = at
      run.command = record.command
      // The name of every program that records itself.
      if (record.agent.name === 'node') run.isFromInside = true
      if (record.taps.includes('stderr')) run.isStderrRead = true
      if (record.idleTimeout !== undefined) run.idleTimeout = record.idleTimeout
      if (record.bootId !== undefined) run.bootId = record.bootId
      if (record.cgroup !== undefined) {
        run.memory = { cgroup: record.cgroup.path, kills: record.cgroup.memoryKills }
      }
    } else if (record.kind === 'run-ended') {
      run.ended = place
      run.endedAt = at
      if (record.memoryKills !== undefined) run.memoryKillsAtEnd = record.memoryKills
    } else if (record.kind === 'signal') {
      run.signals.push({ signal: record.signal, at, place })
    } else if (record.kind === 'log-event') {
      this.#logEvent(record.name, record.attributes)
    } else if (record.kind === 'clock-set') {
      run.clockJumps.push({ at, by: record.by, place })
    }
  }

  #logEvent(name: string, attributes: Record<string, unknown>): void {
    const { sandbox_policy: policy, outcome, call_id: callId } = attributes
    if (name === 'codex.conversation_starts' && typeof policy === 'string') {
      this.isSandboxed = policy !== 'danger-full-access'
    }
    if (name === 'codex.sandbox_outcome' && /den/i.test(String(outcome))) {
      if (typeof callId === 'string') this.sandboxDenied.push(callId)
    }
  }

  /** Returns the runs of a session, in order, with what was seen of each. */
  of({ runs, manifest }: Session): RunSeen[] {
    const live = new Map((manifest?.runs ?? []).map(({ id, live = [] }) => [id, live]))
    return runs.map((run) => {
      const seen = this.#of(run.id)
      const startedAt = seen.startedAt ?? microsOfIso(run.startedAt ?? '')
      const endedAt = seen.endedAt ?? microsOfIso(run.endedAt ?? '')
      const command = seen.command ?? run.command
      return {
        ...seen,
        run,
        live: live.get(run.id) ?? [],
        ...(startedAt !== undefined && { startedAt }),
        ...(endedAt !== undefined && { endedAt }),
        ...(command !== undefined && { command }),
      }
    })
  }

  #of(id: string): RunSeen {
    const known = this.#runs.get(id)
    if (known !== undefined) return known
    const run: RunSeen = { id, signals: [], clockJumps: [], live: [] }
    this.#runs.set(id, run)
    return run
  }
}
