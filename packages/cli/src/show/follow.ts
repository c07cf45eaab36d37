import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { readSession, type Session, type TimelineEntry, timelineOf } from '@tacho/reader'
import { noteDamage } from '../damage-note.js'
import { outputWidth, write } from '../output.js'
import { tableLines } from '../table.js'
import { endWords } from './header.js'
import { lossLines } from './losses.js'
import { TIMELINE_COLUMNS, timelineRows } from './timeline.js'

/** How often to check for new data. */
const INTERVAL_MS = 250

/**
 * Prints the time line of a session, and what is added while it runs: headings when they begin,
 * everything else when it is over. At the end, how the session ended and what is missing.
 */
export async function follow(first: Session): Promise<void> {
  const { folder } = first
  const printed = new Set<string>()
  let session = first
  for (let before = ''; ; ) {
    const isOver = session.ended !== 'running'
    await printNew(session, printed, isOver)
    if (isOver) break
    before = await change(folder, before)
    session = await readSession(folder)
  }
  await write(`\n${endWords(session, session.runs.at(-1))}\n`)
  noteDamage(session, 'the end of the output tells what.')
  for (const line of lossLines(session)) await write(`${line}\n`)
}

async function printNew(session: Session, printed: Set<string>, isOver: boolean): Promise<void> {
  const entries = timelineOf(session).filter(
    (entry) => entry.kind !== 'run' || session.runs.length > 1,
  )
  const lines = tableLines(TIMELINE_COLUMNS, [...timelineRows(session, entries)], outputWidth())
  const [titles = '', ...rows] = lines
  if (printed.size === 0 && rows.length > 0) await write(`${titles}\n`)
  for (const [index, entry] of entries.entries()) {
    const key = keyOf(entry)
    if (printed.has(key) || !(isOver || isSettled(entry))) continue
    printed.add(key)
    await write(`${rows[index] ?? ''}\n`)
  }
}

/** Resolves once the logs' sizes have changed, or the session may have ended. */
async function change(folder: string, before: string): Promise<string> {
  for (let looks = 0; ; looks += 1) {
    const now = sizesOf(folder)
    // A killed recorder writes nothing.
    if (now !== before || looks >= LOOKS) return now
    await wait(INTERVAL_MS)
  }
}

const LOOKS = 8

function sizesOf(folder: string): string {
  return readdirSync(folder)
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false }))
    .map((status) => `${status?.size} ${status?.ino}`)
    .join()
}

function isSettled(entry: TimelineEntry): boolean {
  switch (entry.kind) {
    case 'exchange':
      return entry.exchange.state !== 'in-flight' || entry.exchange.isConnection
    case 'tool':
    case 'approval':
    case 'cancellation':
    case 'span':
      return entry.span.endedAt !== undefined
    default:
      return true
  }
}

function keyOf(entry: TimelineEntry): string {
  switch (entry.kind) {
    case 'exchange':
      return `exchange ${entry.exchange.number}`
    case 'run':
      return `run ${entry.number}`
    case 'thread':
      return `thread ${entry.thread.id}`
    case 'gap':
      return `gap ${entry.gap.since} ${entry.gap.reason}`
    default:
      return `${entry.kind} ${entry.span.spanId}`
  }
}
