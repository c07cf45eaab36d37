import type { SearchHit } from '@tacho/reader'
import { outputWidth } from '../output.js'
import { printable } from '../printable.js'
import { styled } from '../style.js'

/** At most this much of a line is shown if the output has no width of its own. */
const SHOWN = 200
/** How much is shown before a match. */
const BEFORE = 40

/** Formats a matching line: its place, and the text around the match. */
export function hitLine(hit: SearchHit, session: string): string {
  const where = whereWords(hit)
  const head = `${printable(session)}  ${printable(where)}`
  const room = Math.max(40, Math.min(SHOWN, outputWidth() - head.length - 2))
  return `${styled('quiet', head)}  ${excerpt(hit, room)}`
}

function whereWords({ in: side, exchange, message, role, place, line }: SearchHit): string {
  if (exchange === undefined) return `${side} ${line}`
  const number = message === undefined ? '' : ` message ${message}`
  const who = role === undefined ? '' : ` ${role}`
  const what = place === 'text' ? '' : `, ${place}`
  return `#${exchange} ${side}${number}${who}${what}${line === 1 ? '' : `, line ${line}`}:`
}

function excerpt({ text, at, length }: SearchHit, room: number): string {
  const start = text.length <= room ? 0 : Math.max(0, at - BEFORE)
  const end = Math.min(text.length, start + room)
  const to = Math.min(end, at + length)
  const parts = [text.slice(start, at), text.slice(at, to), text.slice(to, end)].map((part) => {
    return printable(part)
  })
  const [before = '', match = '', after = ''] = parts
  const left = start > 0 ? '…' : ''
  const right = end < text.length ? '…' : ''
  return `${left}${before}${styled('bad', match)}${after}${right}`
}
