import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { microsOfIso } from '../../micros.js'
import { openRegular } from '../../open-regular.js'

/** A line of a session's debug log; what it goes on with in the next ones belongs to it. */
export type LogLine = { at: number; level: string; label: string; message: string }

// `2026-11-25T06:34:55.875995Z INFO  tacho: …`
const HEAD = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ([A-Z]+) +([^:\s]+): (.*)$/

/** Reads a debug log. A line that is none of ours goes on with the one before it. */
export function* sessionLines(folder: string, name: string): Generator<LogLine> {
  let line: LogLine | undefined
  for (const text of linesOf(join(folder, name))) {
    const head = HEAD.exec(text)
    const at = microsOfIso(head?.[1] ?? '')
    if (head === null || at === undefined) {
      if (line !== undefined && text !== '') line.message += `\n${text.replace(/^ {4}/, '')}`
      continue
    }
    if (line !== undefined) yield line
    const [, , level = '', label = '', message = ''] = head
    line = { at, level: level.toLowerCase(), label, message }
  }
  if (line !== undefined) yield line
}

function linesOf(path: string): string[] {
  const opened = openRegular(path)
  if ('refused' in opened) return []
  try {
    return readFileSync(opened.descriptor, 'utf8').split('\n')
  } catch {
    return []
  } finally {
    opened[Symbol.dispose]()
  }
}
