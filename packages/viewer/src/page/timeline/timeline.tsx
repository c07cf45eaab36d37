import { effect, useSignal } from '@preact/signals'
import { useEffect, useId, useMemo, useRef } from 'preact/hooks'
import { address } from '../address.js'
import { type OpenSession, select } from '../session/open-session.js'
import { isWithin, type Story, sumsOf } from '../session/story.js'
import { isDark } from '../theme.js'
import { duration } from '../words/quantities.js'
import { coloursOf } from './colours.js'
import { described } from './described.js'
import { draw, itemAt, type Picture, timeAt } from './draw.js'
import { FoldedTime } from './folds.js'
import { Minimap } from './minimap.js'
import { RangeSums } from './range-sums.js'
import { layoutOf } from './rows.js'
import { moved, showing, type View, whole, zoomed } from './view.js'

/** How many exchanges are shown in detail at a time: more cannot be told apart. */
const CLOSE_UP = 40

/**
 * The time line of a session: drag to choose a time range, use the wheel and keys to zoom and move.
 */
export function Timeline({ session, story }: { session: OpenSession; story: Story }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const frame = useRef<HTMLDivElement>(null)
  const width = useSignal(0)
  const isFolding = useSignal(true)
  const hovered = useSignal('')
  const description = useSignal('')
  const id = useId()
  const time = useMemo(
    () => new FoldedTime(story.start, story.end, story.items, isFolding.value),
    [story, isFolding.value],
  )
  const layout = useMemo(() => layoutOf(story), [story])
  const view = useSignal<View>(whole(time.length))
  const lastLength = useRef(time.length)
  if (lastLength.current !== time.length) {
    // If a running session was fully visible it stays so; otherwise the view stays in place.
    const sawAll = view.peek().length >= lastLength.current * 0.999
    lastLength.current = time.length
    view.value = sawAll ? whole(time.length) : moved(view.peek(), 0, time.length)
  }

  const picture = (): Picture => ({
    story,
    layout,
    time,
    view: view.value,
    width: width.value,
    colours: coloursOf(canvas.current as Element),
    selection: address.selection.value,
    range: address.range.value,
    times: session.times.value,
  })

  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => {
      width.value = Math.floor(entry?.contentRect.width ?? 0)
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useEffect(
    () =>
      effect(() => {
        const element = canvas.current
        // A change of the theme changes the colours.
        isDark.value
        if (element === null || width.value === 0) return
        const scale = devicePixelRatio
        element.width = width.value * scale
        element.height = layout.height * scale
        const context = element.getContext('2d')
        context?.scale(scale, scale)
        if (context) description.value = described(draw(context, picture()))
      }),
    [story, layout, time],
  )

  // The times of chunks are only fetched when they are large enough to see.
  useEffect(
    () =>
      effect(() => {
        const { from, length } = view.value
        const range = { from: time.time(from), to: time.time(from + length) }
        const seen = story.items.filter((item) => item.kind === 'exchange' && isWithin(item, range))
        if (seen.length > CLOSE_UP) return
        for (const { key } of seen) session.exchange(Number(key)).catch(() => undefined)
      }),
    [session, story, time],
  )

  // Scrolls to what is selected elsewhere.
  useEffect(
    () =>
      effect(() => {
        const item = session.selected.value
        if (item === undefined) return
        const [from, to] = [time.drawn(item.at), time.drawn(item.end ?? story.end)]
        view.value = showing(view.peek(), from, to, time.length)
      }),
    [session, story, time],
  )

  const zoom = (factor: number, place = 0.5): void => {
    view.value = zoomed(view.value, factor, place, time.length)
  }
  const move = (part: number): void => {
    view.value = moved(view.value, part, time.length)
  }

  const onWheel = (event: WheelEvent): void => {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY)
    if (!event.ctrlKey && !event.metaKey && !sideways && !event.shiftKey) return
    event.preventDefault()
    // A pinch on a touchpad is a wheel event with ctrl.
    if (event.ctrlKey || event.metaKey) {
      zoom(Math.exp(event.deltaY / 200), event.offsetX / width.value)
    } else move((sideways ? event.deltaX : event.deltaY) / width.value)
  }

  const pointers = useRef(new Map<number, number>())
  const drag = useRef<{ x: number; isRange: boolean } | undefined>(undefined)

  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return
    ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
    pointers.current.set(event.pointerId, event.offsetX)
    drag.current = pointers.current.size === 1 ? { x: event.offsetX, isRange: false } : undefined
  }

  const onPointerMove = (event: PointerEvent): void => {
    const before = pointers.current.get(event.pointerId)
    if (before === undefined) {
      const item = itemAt(event.offsetX, event.offsetY, picture())
      hovered.value =
        item === undefined
          ? ''
          : `${item.label.slice(0, 200)} · ${item.detail.slice(0, 200)}${item.end === undefined ? '' : ` · ${duration(item.end - item.at)}`}`
      return
    }
    if (pointers.current.size === 2) {
      const [one = 0, two = 1] = pointers.current.values()
      pointers.current.set(event.pointerId, event.offsetX)
      const [nextOne = 0, nextTwo = 1] = pointers.current.values()
      const factor = Math.max(1, Math.abs(one - two)) / Math.max(1, Math.abs(nextOne - nextTwo))
      zoom(factor, (nextOne + nextTwo) / 2 / width.value)
      move((one + two - nextOne - nextTwo) / 2 / width.value)
      return
    }
    const start = drag.current
    if (start === undefined) return
    if (Math.abs(event.offsetX - start.x) > 4) start.isRange = true
    if (start.isRange) {
      const [left, right] = [Math.min(start.x, event.offsetX), Math.max(start.x, event.offsetX)]
      address.range.value = {
        from: Math.round(Math.max(story.start, timeAt(left, picture()))),
        to: Math.round(Math.min(story.end, timeAt(right, picture()))),
      }
    }
  }

  const onPointerUp = (event: PointerEvent): void => {
    pointers.current.delete(event.pointerId)
    if (drag.current !== undefined && !drag.current.isRange) {
      const item = itemAt(event.offsetX, event.offsetY, picture())
      if (item !== undefined) select(item)
      else address.range.value = undefined
    }
    drag.current = undefined
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    const act = KEYS[event.key]
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act({ zoom, move, showAll: () => (view.value = whole(time.length)) })
  }

  return (
    <section class="timeline" aria-label="Time line">
      <div class="timeline-tools">
        <button type="button" onClick={() => zoom(0.5)} aria-label="Zoom in" title="Zoom in (+)">
          +
        </button>
        <button type="button" onClick={() => zoom(2)} aria-label="Zoom out" title="Zoom out (−)">
          −
        </button>
        <button
          type="button"
          onClick={() => (view.value = whole(time.length))}
          title="All of it (0)"
        >
          all
        </button>
        <label>
          <input
            type="checkbox"
            checked={isFolding.value}
            onChange={(event) => (isFolding.value = event.currentTarget.checked)}
          />
          fold pauses
        </label>
        <RangeSums session={session} sums={sumsOf(session.items.value)} />
      </div>
      <div class="timeline-body">
        <ol class="lanes" style={{ height: `${layout.height}px` }}>
          {story.lanes.map((lane, index) => (
            <li
              key={lane.thread?.id ?? index}
              style={{ top: `${layout.lanes[index]?.top ?? 0}px` }}
            >
              {lane.label}
            </li>
          ))}
        </ol>
        <div class="timeline-frame" ref={frame}>
          <canvas
            ref={canvas}
            tabIndex={0}
            role="img"
            aria-describedby={id}
            aria-label={`Time line: ${story.items.length} things in ${duration(story.end - story.start)}. The list below has them all.`}
            // In milliseconds, for automated tests.
            data-seen={Math.round(view.value.length / 1000)}
            style={{ height: `${layout.height}px`, width: `${width.value}px` }}
            onWheel={onWheel}
            onPointerDown={onPointerDown}
            onPointerMove={onPointerMove}
            onPointerUp={onPointerUp}
            onPointerCancel={onPointerUp}
            onPointerLeave={() => (hovered.value = '')}
            onKeyDown={onKeyDown}
            title={hovered.value}
          />
          <p id={id} class="visually-hidden">
            {description}
          </p>
          <Minimap story={story} time={time} view={view} />
        </div>
      </div>
    </section>
  )
}

type Actions = { zoom(factor: number): void; move(part: number): void; showAll(): void }

const KEYS: Record<string, (actions: Actions) => void> = {
  '+': ({ zoom }) => zoom(0.5),
  '=': ({ zoom }) => zoom(0.5),
  '-': ({ zoom }) => zoom(2),
  '0': ({ showAll }) => showAll(),
  ArrowLeft: ({ move }) => move(-0.2),
  ArrowRight: ({ move }) => move(0.2),
}
