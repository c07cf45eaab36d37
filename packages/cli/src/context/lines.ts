import type { Context, ContextKind, Shortened, SizedPart } from '@tacho/reader'
import { bar } from '../bar.js'
import { outputWidth } from '../output.js'
import { printable } from '../printable.js'
import { byteCount, tokenCount } from '../quantities.js'
import { styled } from '../style.js'
import { type Column, type Row, tableLines } from '../table.js'

const KINDS: readonly Column[] = [
  { title: 'kind' },
  { title: 'parts', align: 'right' },
  { title: 'size', align: 'right' },
  { title: 'tokens', align: 'right' },
  { title: '' },
]

const PARTS: readonly Column[] = [
  { title: 'tokens', align: 'right' },
  { title: 'size', align: 'right' },
  { title: 'message', align: 'right', spare: 1 },
  { title: 'kind' },
  { title: 'name', cut: 'end', least: 10 },
  { title: 'about', cut: 'end', least: 12 },
]

/** Describes a context: its kinds, then its largest parts. */
export function contextLines(context: Context, most: number): string[] {
  const { kinds, parts, exchange } = context
  const shown = parts.slice(0, most)
  const rest = parts.length - shown.length
  return [
    styled('heading', `exchange ${exchange.number}: ${totalWords(context)}`),
    '',
    ...tableLines(
      KINDS,
      kinds.map((kind) => kindRow(kind, context)),
      outputWidth(),
    ),
    '',
    ...tableLines(PARTS, shown.map(partRow), outputWidth()),
    ...(rest > 0 ? [styled('quiet', restWords(rest))] : []),
  ]
}

function restWords(count: number): string {
  return count === 1
    ? 'and 1 smaller part: --all shows it'
    : `and ${count} smaller parts: --all shows them`
}

function totalWords({ toldTokens, estimatedTokens, bytes }: Context): string {
  const size = byteCount(bytes)
  if (toldTokens === undefined) return `about ${tokenCount(estimatedTokens)} tokens, ${size}`
  return `${tokenCount(toldTokens)} tokens as the API counted them, ${size}; those of its parts are estimates`
}

function kindRow({ kind, count, bytes, estimatedTokens }: ContextKind, context: Context): Row {
  const all = context.estimatedTokens
  const share = all === 0 ? 0 : estimatedTokens / all
  return [kind, String(count), byteCount(bytes), about(estimatedTokens), bar(share)]
}

function partRow({
  kind,
  name,
  message,
  about: words = '',
  bytes,
  estimatedTokens,
}: SizedPart): Row {
  return [
    estimatedTokens === undefined ? '?' : about(estimatedTokens),
    byteCount(bytes),
    message === undefined ? '' : String(message),
    kind,
    printable(name),
    printable(words.replaceAll(/\s+/g, ' ')),
  ]
}

function about(tokens: number): string {
  return `~${tokenCount(tokens)}`
}

/** Describes where a history was shortened. */
export function shortenedLines(shortened: readonly Shortened[]): string[] {
  return shortened.flatMap(({ before, after, compaction, messages }) => {
    const { dropped, kept, added } = messages
    const how =
      compaction === undefined
        ? 'the history was written anew'
        : `compaction (${printable(compaction.by)}) by exchange ${compaction.exchange}`
    return [
      '',
      styled(
        'heading',
        `${how}, between exchanges ${before.exchange.number} and ${after.exchange.number}`,
      ),
      `  ${totalShort(before)} became ${totalShort(after)}`,
      `  ${dropped} messages dropped, ${kept} kept, ${added} in their place`,
      ...droppedKinds(before, after),
    ]
  })
}

function totalShort({ toldTokens, estimatedTokens, bytes }: Context): string {
  const tokens = toldTokens === undefined ? about(estimatedTokens) : tokenCount(toldTokens)
  return `${tokens} tokens (${byteCount(bytes)})`
}

function droppedKinds(before: Context, after: Context): string[] {
  const left = new Map(after.kinds.map((kind) => [kind.kind, kind]))
  return before.kinds
    .filter(({ kind, bytes }) => bytes > (left.get(kind)?.bytes ?? 0))
    .map(({ kind, bytes }) => {
      return `  ${kind}: ${byteCount(bytes)} became ${byteCount(left.get(kind)?.bytes ?? 0)}`
    })
}
