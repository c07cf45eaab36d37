import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** Which calls to the disk fail, and how. */
export type Fault = {
  /** The first call that fails, counted from 1. */
  first: number
  code: string
  /** Every later call fails, too. */
  isLasting: boolean
}

/** A disk that fails on demand: Node's own `fs`, below one folder, until {@link FailingCalls.heal}. */
export type FailingCalls = {
  /** How many calls there have been. */
  readonly calls: number
  /** How many of them failed. */
  readonly failed: number
  heal(): void
}

type Call = (...args: unknown[]) => unknown

const SYNCHRONOUS = [
  ...['openSync', 'writeSync', 'readSync', 'closeSync', 'fstatSync', 'lstatSync', 'fchmodSync'],
  ...['fdatasyncSync', 'fsyncSync', 'mkdirSync', 'chmodSync', 'renameSync', 'rmSync', 'rmdirSync'],
  ...['writeFileSync', 'readFileSync', 'readdirSync', 'unlinkSync', 'ftruncateSync'],
]
const WITH_CALLBACK = ['open', 'close', 'fsync', 'fdatasync']

/**
 * Puts failures into the calls that touch a folder, or a file opened below it; all other calls go
 * through untouched. What the calls do not reach (the operating system's half of an error) is left
 * out: a failing call does nothing, but for a failing close, which closes all the same.
 */
export function failingCalls(folder: string, fault: Fault): FailingCalls {
  const descriptors = new Set<unknown>()
  const real = new Map<string, Call>()
  const state = { calls: 0, failed: 0, heal }
  const modules = fs as unknown as Record<string, Call>

  const isOurs = (target: unknown): boolean =>
    typeof target === 'string' ? target.startsWith(folder) : descriptors.has(target)
  const failure = (): Error | undefined => {
    state.calls += 1
    const isHit = fault.isLasting ? state.calls >= fault.first : state.calls === fault.first
    if (!isHit) return undefined
    state.failed += 1
    return Object.assign(new Error(`${fault.code}: made to fail`), { code: fault.code })
  }

  for (const name of SYNCHRONOUS) {
    replace(name, (call) => (...args) => {
      if (!isOurs(args[0])) return call(...args)
      const error = failure()
      if (name === 'closeSync') descriptors.delete(args[0])
      if (error !== undefined && name === 'closeSync') call(...args)
      if (error !== undefined) throw error
      const result = call(...args)
      if (name === 'openSync') descriptors.add(result)
      return result
    })
  }
  for (const name of WITH_CALLBACK) {
    replace(name, (call) => (...args) => {
      if (!isOurs(args[0])) return call(...args)
      const done = args.at(-1) as (error: Error | null) => void
      const error = failure()
      if (name === 'close') descriptors.delete(args[0])
      if (error === undefined || name === 'close') return call(...args)
      setImmediate(done, error)
      return undefined
    })
  }
  syncBuiltinESMExports()
  return state

  function replace(name: string, around: (call: Call) => Call): void {
    const call = modules[name]
    if (call === undefined) return
    real.set(name, call)
    modules[name] = around(call.bind(fs))
  }

  function heal(): void {
    for (const [name, call] of real) modules[name] = call
    syncBuiltinESMExports()
  }
}
