import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { OpenSession } from '../session/open-session.js'
import { useAnswer } from '../use-answer.js'
import { duration } from '../words/quantities.js'

/** The stream of an answer, played back at its own pace. */
export function Playback({
  session,
  number,
  chunks,
}: {
  session: OpenSession
  number: number
  chunks: readonly [at: number, bytes: number][]
}) {
  const { answer: body, problem } = useAnswer(
    () => session.source.body(session.id, number, 'response'),
    [session.id, number],
  )
  const end = chunks.at(-1)?.[0] ?? 0
  const position = useSignal(end)
  const isPlaying = useSignal(false)
  const speed = useSignal(1)
  const ends = useMemo(() => endsOf(chunks), [chunks])

  useEffect(() => {
    let last = performance.now()
    let frame = 0
    const step = (now: number): void => {
      if (isPlaying.value) {
        position.value = Math.min(end, position.value + (now - last) * 1000 * speed.value)
        if (position.value >= end) isPlaying.value = false
      }
      last = now
      frame = requestAnimationFrame(step)
    }
    frame = requestAnimationFrame(step)
    return () => cancelAnimationFrame(frame)
  }, [end])

  const play = (): void => {
    if (position.value >= end) position.value = 0
    isPlaying.value = !isPlaying.value
  }
  const shown = ends.findLast(({ at }) => at <= position.value)?.bytes ?? 0
  const text = body === undefined ? '' : new TextDecoder().decode(body.subarray(0, shown))
  return (
    <>
      <div class="list-tools">
        <button type="button" onClick={play} aria-pressed={isPlaying.value}>
          {isPlaying.value ? 'pause' : 'play'}
        </button>
        <label class="grows">
          <span class="visually-hidden">Moment of the stream</span>
          <input
            type="range"
            min={0}
            max={end}
            value={position.value}
            onInput={(event) => (position.value = Number(event.currentTarget.value))}
          />
        </label>
        <label>
          <span class="visually-hidden">Speed</span>
          <select
            value={`${speed.value}`}
            onChange={(event) => (speed.value = Number(event.currentTarget.value))}
          >
            {[0.25, 1, 4, 16].map((one) => (
              <option key={one} value={one}>
                {one} ×
              </option>
            ))}
          </select>
        </label>
        <span class="faint">
          {duration(position.value)} of {duration(end)}
        </span>
      </div>
      {problem !== undefined && <p class="problem">{problem}</p>}
      {/* Whatever scrolls must be reachable by keyboard. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
      <section class="stream" tabIndex={0} aria-label="Stream">
        <pre class="code">{text.length > 200_000 ? `… ${text.slice(-200_000)}` : text}</pre>
      </section>
    </>
  )
}

/** Returns how many bytes of the answer had arrived, and when. */
function endsOf(chunks: readonly [at: number, bytes: number][]): { at: number; bytes: number }[] {
  let sum = 0
  return chunks.map(([at, bytes]) => {
    sum += bytes
    return { at, bytes: sum }
  })
}
