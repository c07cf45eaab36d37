import type { Selection, TimeRange } from '../address.js'
import type { Item, Story } from '../session/story.js'
import { duration, offset } from '../words/quantities.js'
import { type Colours, colourOf } from './colours.js'
import type { FoldedTime } from './folds.js'
import { type Layout, ROW_HEIGHT, RULER_HEIGHT, topOf } from './rows.js'
import type { View } from './view.js'

/**
 * When the chunks of an exchange arrived, and when its request was sent: microseconds since it
 * began.
 */
export type ExchangeTimes = { sentAt?: number; chunks: readonly number[] }

export type Picture = {
  story: Story
  layout: Layout
  time: FoldedTime
  view: View
  width: number
  colours: Colours
  selection: Selection | undefined
  range: TimeRange | undefined
  /** For the exchanges that were viewed closely, by number. */
  times: ReadonlyMap<number, ExchangeTimes>
}

/** Pixels over which an open end fades out. */
const OPEN_WIDTH = 22

const FONT = '11px system-ui, sans-serif'

/** What was drawn that only the picture shows. */
export type Drawn = {
  items: number
  /** Lines from failed exchanges to those that retry them. */
  tries: { exchange: number; triesAgain: number }[]
  /** Items whose ends are drawn open. */
  open: Item[]
  folds: FoldedTime['folds'][number][]
}

/** Draws the visible part of a time line. */
export function draw(context: CanvasRenderingContext2D, picture: Picture): Drawn {
  const { width, layout, colours } = picture
  const drawn: Drawn = { items: 0, tries: [], open: [], folds: [] }
  context.clearRect(0, 0, width, layout.height)
  context.font = FONT
  context.textBaseline = 'middle'
  drawFolds(context, picture, drawn)
  drawRuler(context, picture)
  drawLanes(context, picture)
  drawTries(context, picture, drawn)
  for (const item of picture.story.items) drawItem(context, picture, item, drawn)
  drawRange(context, picture)
  context.fillStyle = colours.text
  return drawn
}

/** Returns the pixel at which a time is drawn. */
export function xOf(
  at: number,
  { time, view, width }: Pick<Picture, 'time' | 'view' | 'width'>,
): number {
  return ((time.drawn(at) - view.from) / view.length) * width
}

/** Returns the time that is drawn at a pixel. */
export function timeAt(
  x: number,
  { time, view, width }: Pick<Picture, 'time' | 'view' | 'width'>,
): number {
  return time.time(view.from + (x / width) * view.length)
}

/** Returns the item at a point; of several, the shortest, which could not be hit otherwise. */
export function itemAt(x: number, y: number, picture: Picture): Item | undefined {
  const { story, layout } = picture
  let best: Item | undefined
  let bestWidth = Number.POSITIVE_INFINITY
  for (const item of story.items) {
    const top = topOf(item, layout)
    if (top === undefined || y < top || y >= top + ROW_HEIGHT) continue
    const [from, to] = edgesOf(item, picture)
    if (x < from - 2 || x > to + 2 || to - from >= bestWidth) continue
    best = item
    bestWidth = to - from
  }
  return best
}

function edgesOf(item: Item, picture: Picture): [from: number, to: number] {
  const from = xOf(item.at, picture)
  const to = xOf(item.end ?? picture.story.end, picture)
  return [from, Math.max(to, from + 2)]
}

/** Draws a line from a failed exchange to the one that retries it. */
function drawTries(context: CanvasRenderingContext2D, picture: Picture, drawn: Drawn): void {
  const { story, layout, width, colours } = picture
  const ends = new Map<number, number>()
  context.fillStyle = colours.bad
  for (const item of story.items) {
    if (item.kind !== 'exchange') continue
    const to = xOf(item.at, picture)
    const from = item.triesAgain === undefined ? undefined : ends.get(item.triesAgain)
    ends.set(item.exchange.number, xOf(item.end ?? story.end, picture))
    const top = topOf(item, layout)
    if (from === undefined || top === undefined || to < 0 || from > width) continue
    const left = Math.max(-4, Math.min(from, to))
    const length = Math.max(2, Math.min(width + 4, Math.max(from, to)) - left)
    context.fillRect(left, top + ROW_HEIGHT / 2 - 1, length, 2)
    drawn.tries.push({ exchange: item.exchange.number, triesAgain: item.triesAgain ?? 0 })
  }
}

function drawItem(
  context: CanvasRenderingContext2D,
  picture: Picture,
  item: Item,
  drawn: Drawn,
): void {
  const { layout, width, colours, selection } = picture
  const top = topOf(item, layout)
  if (top === undefined) return
  const [from, to] = edgesOf(item, picture)
  if (to < 0 || from > width) return
  drawn.items += 1
  const isOpen = item.end === undefined
  // What never ended fades out at the end of the time line.
  const end = isOpen ? Math.max(from + 2, to - OPEN_WIDTH) : to
  const [left, right] = [Math.max(-4, from), Math.min(width + 4, end)]
  const isSelected = selection?.kind === item.kind && selection.key === item.key
  context.fillStyle = colourOf(item, colours)
  if (item.kind === 'cancellation' || item.kind === 'problem') drawMark(context, from, top)
  else if (item.kind === 'exchange') drawExchange(context, picture, item, top, left, right)
  else {
    context.globalAlpha = item.kind === 'turn' ? 0.25 : 0.8
    context.fillRect(left, top + 2, right - left, ROW_HEIGHT - 4)
    context.globalAlpha = 1
  }
  if (isOpen && right <= width) {
    drawOpenEnd(context, picture, item, right, top)
    drawn.open.push(item)
  }
  if (right - left > 40 && item.kind !== 'cancellation' && item.kind !== 'problem') {
    drawLabel(context, item, Math.max(0, left) + 4, top, right - Math.max(0, left) - 8, colours)
  }
  if (isSelected) {
    context.strokeStyle = colours.text
    context.lineWidth = 2
    context.strokeRect(left - 1, top + 1, right - left + 2, ROW_HEIGHT - 2)
  }
}

/** Draws sending, waiting for the first token, and streaming separately; each chunk is a tick. */
function drawExchange(
  context: CanvasRenderingContext2D,
  picture: Picture,
  item: Item & { kind: 'exchange' },
  top: number,
  left: number,
  right: number,
): void {
  const { exchange, at } = item
  const times = picture.times.get(exchange.number)
  const first = exchange.firstChunkMs
  const sent = times?.sentAt === undefined ? left : xOf(at + times.sentAt, picture)
  const streaming = first === undefined ? right : xOf(at + first * 1000, picture)
  const clamp = (x: number): number => Math.min(right, Math.max(left, x))
  context.globalAlpha = 0.55
  context.fillRect(left, top + 6, clamp(sent) - left, ROW_HEIGHT - 12)
  context.globalAlpha = 0.35
  context.fillRect(
    clamp(sent),
    top + 2,
    Math.max(1, clamp(streaming) - clamp(sent)),
    ROW_HEIGHT - 4,
  )
  context.globalAlpha = 0.85
  context.fillRect(
    clamp(streaming),
    top + 2,
    Math.max(first === undefined ? 0 : 2, right - clamp(streaming)),
    ROW_HEIGHT - 4,
  )
  context.globalAlpha = 1
  if (times === undefined || right - left < 60) return
  context.fillStyle = picture.colours.ground
  let last = Number.NEGATIVE_INFINITY
  for (const chunk of times.chunks) {
    const x = Math.round(xOf(at + chunk, picture))
    // If they are too close to tell apart, one stands for many.
    if (x < 0 || x > picture.width || x - last < 3) continue
    context.fillRect(x, top + ROW_HEIGHT - 6, 1, 4)
    last = x
  }
}

function drawMark(context: CanvasRenderingContext2D, x: number, top: number): void {
  const middle = top + ROW_HEIGHT / 2
  context.beginPath()
  context.moveTo(x, middle - 6)
  context.lineTo(x + 5, middle)
  context.lineTo(x, middle + 6)
  context.lineTo(x - 5, middle)
  context.fill()
}

function drawOpenEnd(
  context: CanvasRenderingContext2D,
  { colours }: Picture,
  item: Item,
  x: number,
  top: number,
): void {
  context.fillStyle = colourOf(item, colours)
  for (let step = 0; step < 4; step += 1) {
    context.globalAlpha = 0.8 - step * 0.2
    context.fillRect(x + 2 + step * 5, top + 2, 3, ROW_HEIGHT - 4)
  }
  context.globalAlpha = 1
}

function drawLabel(
  context: CanvasRenderingContext2D,
  { label }: Item,
  x: number,
  top: number,
  width: number,
  { text }: Colours,
): void {
  context.save()
  context.beginPath()
  context.rect(x, top, width, ROW_HEIGHT)
  context.clip()
  context.fillStyle = text
  context.fillText(label.slice(0, 120), x, top + ROW_HEIGHT / 2 + 0.5)
  context.restore()
}

function drawLanes(context: CanvasRenderingContext2D, picture: Picture): void {
  const { layout, width, colours } = picture
  context.fillStyle = colours.line
  for (const { top } of layout.lanes) context.fillRect(0, top - 4, width, 1)
}

function drawFolds(context: CanvasRenderingContext2D, picture: Picture, drawn: Drawn): void {
  const { time, layout, colours, width } = picture
  for (const fold of time.folds) {
    const { from, to } = fold
    const [left, right] = [xOf(from, picture), xOf(to, picture)]
    if (right < 0 || left > width) continue
    context.fillStyle = colours.fold
    context.fillRect(left, 0, Math.max(2, right - left), layout.height)
    drawn.folds.push(fold)
    if (right - left > 50) {
      context.fillStyle = colours.faint
      context.fillText(`⋯ ${duration(to - from)}`, left + 4, RULER_HEIGHT / 2)
    }
  }
}

/** Intervals in which people measure time, in microseconds. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000]
  .map((ms) => ms * 1000)
  .concat([1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440].map((minutes) => minutes * 60_000_000))

function drawRuler(context: CanvasRenderingContext2D, picture: Picture): void {
  const { width, view, story, colours, layout } = picture
  const wanted = (view.length / width) * 110
  const step = STEPS.find((one) => one >= wanted) ?? STEPS.at(-1) ?? 1
  const first = Math.max(0, Math.floor((timeAt(0, picture) - story.start) / step))
  let last = Number.NEGATIVE_INFINITY
  for (let index = first; index < first + 2000; index += 1) {
    const at = story.start + index * step
    const x = xOf(at, picture)
    if (x > width || at > story.end) break
    // A folded pause has many steps in a few pixels.
    if (x < 0 || x - last < 80) continue
    last = x
    context.fillStyle = colours.line
    context.fillRect(x, 0, 1, layout.height)
    context.fillStyle = colours.faint
    context.fillText(offset(at - story.start), x + 4, RULER_HEIGHT / 2)
  }
}

function drawRange(context: CanvasRenderingContext2D, picture: Picture): void {
  const { range, layout, colours, width } = picture
  if (range === undefined) return
  const [left, right] = [xOf(range.from, picture), xOf(range.to, picture)]
  context.fillStyle = colours.ground
  context.globalAlpha = 0.6
  context.fillRect(0, 0, Math.max(0, left), layout.height)
  context.fillRect(right, 0, Math.max(0, width - right), layout.height)
  context.globalAlpha = 1
  context.fillStyle = colours.accent
  context.fillRect(left - 1, 0, 2, layout.height)
  context.fillRect(right - 1, 0, 2, layout.height)
}
