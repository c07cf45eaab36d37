import { join } from 'node:path'
import { readLog } from '@tacho/reader'
import { type Ended, type Running, repositoryRoot, start } from '../host/index.js'
import type { Appending } from './programs/appending.js'

const PROGRAM = join(repositoryRoot, 'test/dist/faults/programs/appending.js')

/** Starts a process that appends records through the real recorder and acknowledges each. */
export function startAppender(work: Appending, around: readonly string[] = []): Running {
  const [program = process.execPath, ...args] = [...around, process.execPath]
  const env = { PATH: process.env.PATH }
  return start([program, ...args], [PROGRAM, JSON.stringify(work)], { env, stdin: '' })
}

/** The numbers of the records that a process acknowledged as written, and as not written. */
export function acknowledged({ stdout }: Ended): { written: number[]; refused: number[] } {
  const lines = stdout.toString().split('\n').slice(0, -1)
  const numbers = (verdict: string): number[] =>
    lines.filter((line) => line.endsWith(verdict)).map((line) => Number.parseInt(line, 10))
  return { written: numbers(' true'), refused: numbers(' false') }
}

/** The contents of the raw log of a session that appenders wrote. */
export type Found = {
  /** The numbers of each process's records, in the order of the log. */
  numbers: Map<string, number[]>
  gaps: { lost: Record<string, number>; reason: string }[]
  /** How many lines are damaged, and why. */
  damage: string[]
  /** The numbers of each process's events, and why lines of their log are damaged. */
  events: Map<string, number[]>
  eventDamage: string[]
}

export function readAppended(folder: string): Found {
  const found: Found = {
    numbers: new Map(),
    gaps: [],
    damage: [],
    events: new Map(),
    eventDamage: [],
  }
  const report = ({ reason }: { reason: string }): void => void found.damage.push(reason)
  for (const { value } of readLog(folder, 'session_oai_raw.log', report)) {
    if (value.kind === 'gap') found.gaps.push(value as Found['gaps'][number])
    if (value.kind !== 'written') continue
    addTo(found.numbers, String(value.by), Number(value.number))
  }
  const spoilt = ({ reason }: { reason: string }): void => void found.eventDamage.push(reason)
  for (const { value } of readLog(folder, 'session_events.log', spoilt)) {
    const [, by, number] = /^(.+) (\d+)$/.exec(String(value.signal)) ?? []
    if (by !== undefined) addTo(found.events, by, Number(number))
  }
  return found
}

function addTo(all: Map<string, number[]>, by: string, number: number): void {
  const numbers = all.get(by) ?? []
  numbers.push(number)
  all.set(by, numbers)
}
