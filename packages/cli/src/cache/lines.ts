import type { CachedExchange, CacheVerdict, Difference, Prices } from '@tacho/reader'
import { outputWidth } from '../output.js'
import { printable } from '../printable.js'
import { duration, tokenCount } from '../quantities.js'
import { money } from '../stats/money.js'
import { type Style, styled } from '../style.js'
import { type Column, type Row, tableLines } from '../table.js'
import { lostCost } from './lost-cost.js'

const COLUMNS: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'after', align: 'right', spare: 1 },
  { title: 'idle', align: 'right', spare: 2 },
  { title: 'input', align: 'right' },
  { title: 'cached', align: 'right' },
  { title: 'shared', align: 'right', spare: 3 },
  { title: 'cache' },
  { title: 'first difference', cut: 'end', least: 20 },
]

/** Describes what happened to the prompt cache: one row per request, then the cost. */
export function cacheLines(story: readonly CachedExchange[], prices?: Prices): string[] {
  return [...tableLines(COLUMNS, story.map(row), outputWidth()), '', ...totalLines(story, prices)]
}

function row(one: CachedExchange): Row {
  const { exchange, previous, idleMs, inputTokens, cachedTokens, shared, verdict } = one
  const style = STYLES[verdict]
  return [
    String(exchange),
    previous === undefined ? '' : String(previous),
    idleMs === undefined ? '' : duration(idleMs),
    tokens(inputTokens),
    tokens(cachedTokens),
    shared === undefined ? '' : percent(shared.bytes, shared.of),
    style === undefined ? verdict : { text: verdict, style },
    printable(differenceWords(one.difference)),
  ]
}

const STYLES: Partial<Record<CacheVerdict, Style>> = {
  hit: 'good',
  changed: 'bad',
  expired: 'warning',
  missed: 'warning',
  unknown: 'quiet',
}

function tokens(count: number | undefined): string {
  return count === undefined ? '?' : tokenCount(count)
}

function percent(part: number, all: number): string {
  return all === 0 ? '' : `${Math.floor((part / all) * 100)} %`
}

/** Describes the first difference. */
export function differenceWords(difference: Difference | undefined): string {
  if (difference === undefined) return ''
  const { kind, change, name, number, role, common, before = '', after = '' } = difference
  const what = [kind, name, kind === 'parameter' || name !== undefined ? undefined : number]
  const words = what.filter((word) => word !== undefined).join(' ')
  const who = role === undefined || kind !== 'message' ? '' : ` (${role})`
  if (change !== 'changed') return `${words}${who} ${change}`
  const from = Math.max(0, common - 12)
  const was = before.slice(from, common + 24)
  const is = after.slice(from, common + 24)
  return `${words}${who} changed at character ${common + 1}: ${was} → ${is}`
}

function totalLines(story: readonly CachedExchange[], prices: Prices | undefined): string[] {
  const [input, cached] = [sumOf(story, 'inputTokens'), sumOf(story, 'cachedTokens')]
  const told = story.some(({ cachedTokens }) => cachedTokens !== undefined)
  if (!told) return [styled('quiet', 'the API told no cached tokens')]
  const breaks = story.filter(({ verdict }) => verdict === 'changed')
  const lost = sumOf(story, 'lostTokens')
  const lines = [`${tokenCount(cached)} of ${tokenCount(input)} input tokens came from the cache`]
  if (lost > 0) {
    const times = breaks.length === 1 ? 'once' : `${breaks.length} times`
    const why = breaks.length > 0 ? `; the prefix changed ${times}` : ''
    lines.push(`${tokenCount(lost)} tokens were read anew that had been read before${why}`)
    lines.push(...costLines(story, prices))
  }
  return lines
}

function costLines(story: readonly CachedExchange[], prices: Prices | undefined): string[] {
  if (prices === undefined) return []
  const losses = story.filter(({ lostTokens }) => lostTokens !== undefined)
  const costs = losses.map((one) => lostCost(one, prices))
  const known = costs.filter((cost) => cost !== undefined)
  const without = costs.length === known.length ? '' : '; of some models there is no price'
  const sum = known.reduce((total, cost) => total + cost, 0)
  return [`from the cache they would have cost ${money(sum, prices.currency)} less${without}`]
}

function sumOf(
  story: readonly CachedExchange[],
  member: 'inputTokens' | 'cachedTokens' | 'lostTokens',
): number {
  return story.reduce((total, one) => total + (one[member] ?? 0), 0)
}
