/** Shows the progress of a long task on stderr, if that is a terminal. */
export type ProgressBar = {
  /** Advances by an amount. */
  add(amount: number): void
  /** Removes it from the screen; the next output starts at the left. */
  clear(): void
  /** The same for good: another program has the terminal now. */
  stop(): void
}

/** The width of the bar; less on a narrow terminal, because a wrapped line cannot be removed. */
const WIDTH = 30
/** What is around it: ` [`, `] 100 %`, and the last column, at which some terminals wrap. */
const FRAME = ' [] 100 % '.length
/** A terminal over a slow line can easily show ten lines a second. */
const INTERVAL_MS = 100

/** @param total of all the work, in bytes or any other unit. */
export function progressBar(label: string, total: number): ProgressBar {
  const { isTTY, columns } = process.stderr
  // A dumb terminal cannot remove what it shows.
  if (!isTTY || process.env.TERM === 'dumb' || total === 0) return NO_BAR
  // A terminal that does not know its size reports none.
  const room = (columns || 80) - label.length - FRAME
  let done = 0
  let shownAt = Number.NEGATIVE_INFINITY
  let isStopped = false
  const clear = (): void => {
    if (shownAt > 0 && !isStopped) process.stderr.write('\r\x1b[2K')
  }
  return {
    add(amount) {
      done += amount
      if (isStopped) return
      const now = performance.now()
      if (now - shownAt < INTERVAL_MS) return
      shownAt = now
      process.stderr.write(`\r${label} ${bar(Math.min(1, done / total), room)}`)
    },
    clear,
    stop() {
      clear()
      isStopped = true
    },
  }
}

const NO_BAR: ProgressBar = {
  add: () => undefined,
  clear: () => undefined,
  stop: () => undefined,
}

/** The same if the total comes with each step; nothing is shown for small totals. */
export function countedBar(label: string): {
  show: (done: number, total: number) => void
  clear: () => void
} {
  let shown: ProgressBar | undefined
  return {
    show(done, total) {
      if (total < FEW) return
      if (done === 1) shown = progressBar(label, total)
      shown?.add(1)
    },
    clear: () => shown?.clear(),
  }
}

/** This many take no noticeable time. */
const FEW = 200

function bar(part: number, room: number): string {
  const width = Math.min(WIDTH, room)
  const percent = `${Math.floor(part * 100)}`.padStart(3)
  if (width < 1) return `${percent} %`
  const full = Math.round(part * width)
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}] ${percent} %`
}
