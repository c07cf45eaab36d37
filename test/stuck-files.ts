import { execFileSync } from 'node:child_process'
import type { Reporter, TestModule } from 'vitest/node'

/** A process below this one, as `ps` tells it. */
interface Process {
  readonly pid: number
  readonly parent: number
  readonly seconds: number
  readonly command: string
}

interface Options {
  /** How long a file may go without the result of a test; longer than any test may take twice. */
  readonly limitMs?: number
  readonly checkEveryMs?: number
}

/** How often a file is helped on, which with tests that are tried twice is more than once. */
const MOST_KILLS = 3

/**
 * Ends what Vitest's own time limits cannot: a worker that waits for a program in `spawnSync`, or a
 * file that never finishes its imports. Such a file is named with the programs that run below the
 * workers, and those that have run all the while are killed, which fails the test that waits for
 * them. If that does not help, the whole run ends, and fails.
 */
// biome-ignore lint/style/noDefaultExport: Vitest reads the default export of a reporter
export default class StuckFiles implements Reporter {
  readonly #limitMs: number
  readonly #checkEveryMs: number
  readonly #lastResults = new Map<string, number>()
  readonly #kills = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined

  constructor({ limitMs = 660_000, checkEveryMs = 10_000 }: Options = {}) {
    this.#limitMs = limitMs
    this.#checkEveryMs = checkEveryMs
  }

  onTestRunStart(): void {
    this.#timer = setInterval(() => this.#check(), this.#checkEveryMs)
  }

  onTestModuleQueued(file: TestModule): void {
    this.#lastResults.set(file.relativeModuleId, Date.now())
  }

  onTestCaseResult({ module }: { readonly module: TestModule }): void {
    const file = module.relativeModuleId
    // Results are told in batches, and the last of them after the end of their file.
    if (this.#lastResults.has(file)) this.#lastResults.set(file, Date.now())
  }

  onTestModuleEnd(file: TestModule): void {
    this.#lastResults.delete(file.relativeModuleId)
  }

  onTestRunEnd(): void {
    clearInterval(this.#timer)
  }

  #check(): void {
    for (const [file, last] of this.#lastResults) {
      if (Date.now() - last > this.#limitMs) this.#end(file, Date.now() - last)
    }
  }

  #end(file: string, silentMs: number): void {
    const silent = `no test has ended for ${Math.round(silentMs / 1000)} s`
    const { below, orphans } = processesOf(process.pid)
    process.stderr.write(
      [`\n${file}: ${silent}. Below the workers run:`, ...lines(below), 'Without a parent:']
        .concat(lines(orphans), '')
        .join('\n'),
    )
    const kills = this.#kills.get(file) ?? 0
    const old = below.filter(
      ({ parent, seconds }) => parent !== process.pid && seconds * 1000 > this.#limitMs / 2,
    )
    if (kills === MOST_KILLS || old.length === 0) {
      process.stderr.write('It does not end: the run stops here.\n')
      for (const { pid } of below) kill(pid)
      process.exit(1)
    }
    this.#kills.set(file, kills + 1)
    this.#lastResults.set(file, Date.now())
    for (const { pid } of old) kill(pid)
  }
}

function lines(processes: readonly Process[]): readonly string[] {
  return processes.map(({ pid, seconds, command }) => `  ${pid} (${seconds} s) ${command}`)
}

function processesOf(top: number): Record<'below' | 'orphans', readonly Process[]> {
  const said = execFileSync('ps', ['-eo', 'pid=,ppid=,etimes=,args='], { encoding: 'utf8' })
  const all = said.split('\n').flatMap((line): Process[] => {
    const [, pid, parent, seconds, command] =
      /^ *(\d+) +(\d+) +(\d+) (.*)$/.exec(line.slice(0, 300)) ?? []
    return command === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), seconds: Number(seconds), command }]
  })
  const below = (parent: number): readonly Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)])
  return { below: below(top), orphans: all.filter(({ pid, parent }) => parent === 1 && pid > top) }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
