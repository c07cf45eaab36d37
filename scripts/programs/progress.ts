import type { Program } from './program.js'

/** Reports the progress of an install. */
export type Progress = {
  /** What is happening now. */
  step(text: string): void
  /** Nothing is happening any more, whatever the result. */
  stop(): void
  /** The program is there. Call after {@link Progress.stop}. */
  done(): void
}

/** Reports an install on a stream: on a terminal as one ticking line, otherwise line by line. */
export function startProgress(
  { name, version, cost }: Pick<Program, 'name' | 'version' | 'cost'>,
  stream: Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean; columns?: number },
): Progress {
  const start = performance.now()
  const title = `${name} ${version}`
  let current = ''
  const clear = () => stream.isTTY && stream.write('\r\x1b[K')
  const draw = () => {
    clear()
    const line = `${title}: ${current} … ${elapsed(start)}`
    stream.write(stream.isTTY ? line.slice(0, (stream.columns ?? 80) - 1) : `${line}\n`)
  }

  stream.write(`Installing ${title} (${cost})\n`)
  // A log does not need a line every second, but minutes of silence look like a hang.
  const ticks = setInterval(draw, stream.isTTY ? 1_000 : 60_000)
  ticks.unref()
  return {
    step(text) {
      current = text
      draw()
    },
    stop() {
      clearInterval(ticks)
      clear()
    },
    done() {
      stream.write(`Installed ${title} in ${elapsed(start)}\n`)
    },
  }
}

/** Minutes and seconds since a time of `performance.now()`: `6:31`. */
function elapsed(since: number): string {
  const seconds = Math.floor((performance.now() - since) / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
