/** The visible part of drawn time, in microseconds of drawn time. */
export type View = { from: number; length: number }

/** The closest zoom: a millisecond over the whole width. */
const SHORTEST = 1000

export function whole(length: number): View {
  return { from: 0, length }
}

/** Zooms so that what is at one place of the width (0 to 1) stays there. */
export function zoomed({ from, length }: View, factor: number, place: number, most: number): View {
  const next = Math.min(most, Math.max(SHORTEST, length * factor))
  return moved({ from: from + (length - next) * place, length: next }, 0, most)
}

/** Moves by a share of the width. */
export function moved({ from, length }: View, part: number, most: number): View {
  return { from: Math.min(most - length, Math.max(0, from + length * part)), length }
}

/** Brings a range into view with the least movement. */
export function showing(view: View, from: number, to: number, most: number): View {
  if (from >= view.from && to <= view.from + view.length) return view
  const length = Math.min(most, Math.max(view.length, (to - from) * 1.2))
  return moved({ from: (from + to) / 2 - length / 2, length }, 0, most)
}
