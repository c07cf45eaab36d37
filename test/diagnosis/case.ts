import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { CauseCode, EndCode } from '@tacho/model'
import { EXEC, type Workplace, type WorkplaceOptions, workplace } from '../agents/workplace.js'
import type { Running } from '../host/index.js'
import type { Script } from '../scripted-model/index.js'

/** A session of the corpus, and what is known about it. */
export type DiagnosisCase = {
  title: string
  /** The injected cause; none if it is healthy. */
  injected?: CauseCode
  /** Other causes that are true of it and may be named. */
  also?: readonly CauseCode[]
  ended?: EndCode
  /** Also run by `npm test`. */
  isQuick?: true
  /** Records it, and has it explained. */
  record: () => Promise<Explained>
}

/** What `tacho explain --json` says. */
export type Explained = {
  ended: EndCode
  verdict: string
  causes: ExplainedCause[]
  notes: ExplainedCause[]
  inFlight: { kind: string; what: string }[]
}

export type ExplainedCause = {
  code: CauseCode
  certainty: string
  exchange?: number
  evidence: { file: string; line: number; text: string }[]
  sentence: string
  next: string
}

/** Has the last session of a place explained. */
export async function explained(place: Workplace, title: string, id = 'last'): Promise<Explained> {
  const { stdout, stderr, exitCode } = await place.tacho(['explain', id, '--json'])
  if (exitCode !== 0 && exitCode !== 3) throw new Error(stderr.toString())
  const keep = process.env.TACHO_DIAGNOSIS_KEEP
  if (keep !== undefined) {
    mkdirSync(keep, { recursive: true })
    const { folder, session } = JSON.parse(stdout.toString())
    cpSync(folder, join(keep, `${title.replaceAll(/[^\w]+/g, '-')}`, session), { recursive: true })
  }
  return JSON.parse(stdout.toString()) as Explained
}

export type ExecOptions = WorkplaceOptions & {
  args?: readonly string[]
  prepare?: (place: Workplace) => void | Promise<void>
  /** While it is running. */
  during?: (place: Workplace, tacho: Running) => Promise<void>
  /** After it has ended. */
  after?: (place: Workplace) => Promise<void>
}

/** Fails fast: with Codex's own five tries of everything, a failure takes half a minute. */
export const FEW_TRIES = 'request_max_retries = 1\nstream_max_retries = 1'

/** A session of the real `codex exec`. */
export function exec(title: string, script: Script, options: ExecOptions = {}) {
  return async (): Promise<Explained> => {
    const { args = EXEC, prepare, during, after, ...rest } = options
    await using place = await workplace(script, { providerSettings: FEW_TRIES, ...rest })
    await prepare?.(place)
    await using tacho = place.startTacho(['codex', ...args, '--persist-session', 'Do it.'], {
      stdin: '',
    })
    await during?.(place, tacho)
    await tacho.ended
    await after?.(place)
    return await explained(place, title)
  }
}
