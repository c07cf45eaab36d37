/** Shows on stderr how far a long piece of work is, where that is a terminal. */
export type ProgressBar = {
  /** So much more is done. */
  add(amount: number): void
  /** Takes it off the screen; what is printed next begins at the left. */
  clear(): void
  /** The same for good: somebody else has the terminal now. */
  stop(): void
}

/** Of the bar; on a narrow terminal less, because a line that is wrapped cannot be taken back. */
const WIDTH = 30
/** What stands around it: ` [`, `] 100 %`, and the last column, which some terminals wrap at. */
const FRAME = ' [] 100 % '.length
/** A terminal over a slow line takes ten lines a second easily. */
const INTERVAL_MS = 100

/** @param total of all the work, in bytes or whatever it is counted in. */
export function progressBar(label: string, total: number): ProgressBar {
  const { isTTY, columns } = process.stderr
  // A terminal that is dumb cannot take back what it shows.
  if (!isTTY || process.env.TERM === 'dumb' || total === 0) return NO_BAR
  // A terminal that does not know its size has none.
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

/** The same where how much there is to do is told with what is done; nothing is shown of a few. */
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

/** This many things take no time that anybody notices. */
const FEW = 200

function bar(part: number, room: number): string {
  const width = Math.min(WIDTH, room)
  const percent = `${Math.floor(part * 100)}`.padStart(3)
  if (width < 1) return `${percent} %`
  const full = Math.round(part * width)
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}] ${percent} %`
}
