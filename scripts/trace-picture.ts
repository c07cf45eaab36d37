import { text } from 'node:stream/consumers'

/*
Turns what Jaeger's query API says of a trace (stdin) into an SVG (stdout). The picture of
docs/jaeger.md, with the trace id of a session that `npm run jaeger` has been sent:

curl -s http://127.0.0.1:16686/api/v3/traces/$TRACE |
  node scripts/dist/trace-picture.js > docs/images/trace.svg
*/

const LINE = 26
const MARGIN = 20
const NAMES = 270
const BARS = 560
const CHARACTER = 7.2

type Span = {
  spanId: string
  parentSpanId?: string
  name: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  status?: { code?: number }
}

type Row = { name: string; depth: number; start: number; end: number; colour: string }

const COLOURS: readonly [name: RegExp, colour: string][] = [
  [/^approval /, '#e3b341'],
  [/^cancellation$/, '#ff7b72'],
  [/^(chat |POST)/, '#79c0ff'],
  [/^execute_tool /, '#7ee787'],
]

const answer = JSON.parse(await text(process.stdin))
process.stdout.write(svgOf(rowsOf(spansIn(answer))))

function spansIn({
  result,
}: {
  result: { resourceSpans: { scopeSpans: { spans?: Span[] }[] }[] }
}) {
  return result.resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans ?? [])
    .sort((one, other) => (one.startTimeUnixNano < other.startTimeUnixNano ? -1 : 1))
}

/** Each span below its parent, in milliseconds since the first one. */
function rowsOf(spans: readonly Span[]): Row[] {
  const first = BigInt(spans[0]?.startTimeUnixNano ?? 0)
  const since = (time: string) => Number(BigInt(time) - first) / 1e6
  const below = (parent: string | undefined, depth: number): Row[] =>
    spans
      .filter(({ parentSpanId }) => (parentSpanId || undefined) === parent)
      .flatMap((span) => [
        {
          name: span.name,
          depth,
          start: since(span.startTimeUnixNano),
          end: since(span.endTimeUnixNano),
          colour: COLOURS.find(([name]) => name.test(span.name))?.[1] ?? '#8b929d',
        },
        ...below(span.spanId, depth + 1),
      ])
  return below(undefined, 0)
}

function svgOf(rows: readonly Row[]): string {
  const whole = Math.max(...rows.map(({ end }) => end))
  const width = NAMES + BARS + 2 * MARGIN + 70
  const height = rows.length * LINE + 2 * MARGIN
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="12">
<title>A session as a trace: ${rows.map(({ name }) => escaped(name)).join(', ')}</title>
<rect width="${width}" height="${height}" rx="10" fill="#14171c"/>
${rows.map((row, index) => rowOf(row, MARGIN + index * LINE, whole)).join('\n')}
</svg>
`
}

/** The name, indented by depth; the bar; the duration. */
function rowOf({ name, depth, start, end, colour }: Row, top: number, whole: number): string {
  const x = MARGIN + NAMES + (start / whole) * BARS
  const length = Math.max(2, ((end - start) / whole) * BARS)
  const y = top + LINE * 0.66
  return [
    `<text x="${MARGIN + depth * 16}" y="${y}" fill="#d6dae0" textLength="${(name.length * CHARACTER).toFixed(1)}" lengthAdjust="spacingAndGlyphs">${escaped(name)}</text>`,
    `<rect x="${x.toFixed(1)}" y="${top + 5}" width="${length.toFixed(1)}" height="${LINE - 10}" rx="3" fill="${colour}"/>`,
    `<text x="${(x + length + 6).toFixed(1)}" y="${y}" fill="#8b929d">${took(end - start)}</text>`,
  ].join('')
}

function took(milliseconds: number): string {
  if (milliseconds < 1) return '0ms'
  return milliseconds < 1000
    ? `${Math.round(milliseconds)}ms`
    : `${(milliseconds / 1000).toFixed(1)}s`
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
