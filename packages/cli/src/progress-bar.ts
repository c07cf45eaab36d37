/** Shows on stderr how far a long piece of work is, where that is a terminal. */
export type ProgressBar = {
  /** So much more is done. */
  add(amount: number): void
  /** Takes it off the screen; what is printed next begins at the left. */
  clear(): void
}

const WIDTH = 30
/** A terminal over a slow line takes ten lines a second easily. */
const INTERVAL_MS = 100

/** @param total of all the work, in bytes or whatever it is counted in. */
export function progressBar(label: string, total: number): ProgressBar {
  if (!process.stderr.isTTY || total === 0) return { add: () => undefined, clear: () => undefined }
  let done = 0
  let shownAt = Number.NEGATIVE_INFINITY
  return {
    add(amount) {
      done += amount
      const now = performance.now()
      if (now - shownAt < INTERVAL_MS) return
      shownAt = now
      process.stderr.write(`\r${label} ${bar(Math.min(1, done / total))}`)
    },
    clear() {
      if (shownAt > 0) process.stderr.write('\r\x1b[2K')
    },
  }
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

/** So many things take no time that anybody notices. */
const FEW = 200

function bar(part: number): string {
  const full = Math.round(part * WIDTH)
  const percent = `${Math.floor(part * 100)}`.padStart(3)
  return `[${'#'.repeat(full)}${'-'.repeat(WIDTH - full)}] ${percent} %`
}
