import { effect, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Story } from '../session/story.js'
import { isDark } from '../theme.js'
import { colourOf, coloursOf } from './colours.js'
import type { FoldedTime } from './folds.js'
import { moved, type View } from './view.js'

const HEIGHT = 24

/** The whole session, small, with the part that is visible above. */
export function Minimap({
  story,
  time,
  view,
}: {
  story: Story
  time: FoldedTime
  view: Signal<View>
}) {
  const canvas = useRef<HTMLCanvasElement>(null)

  useEffect(() => {
    const element = canvas.current
    if (element === null) return
    const paint = (): void => {
      const { clientWidth: width } = element
      element.width = width * devicePixelRatio
      element.height = HEIGHT * devicePixelRatio
      const context = element.getContext('2d')
      if (context === null || width === 0) return
      context.scale(devicePixelRatio, devicePixelRatio)
      const colours = coloursOf(element)
      const row = HEIGHT / Math.max(1, story.lanes.length)
      for (const item of story.items) {
        if (item.kind === 'turn') continue
        const x = (time.drawn(item.at) / time.length) * width
        const isMark = item.kind === 'cancellation' || item.kind === 'problem'
        const end = isMark ? x : (time.drawn(item.end ?? story.end) / time.length) * width
        context.fillStyle = colourOf(item, colours)
        context.fillRect(x, item.lane * row + 1, Math.max(1, end - x), Math.max(1, row - 2))
      }
      const { from, length } = view.value
      context.strokeStyle = colours.accent
      context.lineWidth = 2
      context.strokeRect(
        (from / time.length) * width + 1,
        1,
        Math.max(4, (length / time.length) * width - 2),
        HEIGHT - 2,
      )
    }
    const stop = effect(() => {
      isDark.value
      view.value
      paint()
    })
    const observer = new ResizeObserver(paint)
    observer.observe(element)
    return () => {
      stop()
      observer.disconnect()
    }
  }, [story, time])

  const centre = (event: PointerEvent): void => {
    if (event.buttons === 0) return
    const place = event.offsetX / (event.currentTarget as Element).clientWidth
    const { length } = view.value
    view.value = moved({ from: place * time.length - length / 2, length }, 0, time.length)
  }

  return (
    <canvas
      ref={canvas}
      class="minimap"
      aria-label="All of the time line, and which part of it is seen"
      role="img"
      onPointerDown={centre}
      onPointerMove={centre}
    />
  )
}
