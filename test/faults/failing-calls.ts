import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** Which calls to the disk fail, and how. */
export type Fault = {
  /** The first call that fails, counted from 1. */
  first: number
  code: string
  /** Every later call fails too. */
  isLasting: boolean
}

/** Stands for a call that takes long: everything that happens meanwhile. */
export type Delay = {
  /** The call to delay, counted from 1; or the first one of this name with that target. */
  at: number | { name: string; target: string; plus: number }
  meanwhile: () => void
}

/**
 * A disk that fails on demand: Node's own `fs` within one folder, until {@link FailingCalls.heal}.
 */
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
 * Makes calls fail that touch a folder, or a file opened in it; all other calls go through
 * unchanged. It does not model the operating system's part of an error: a failing call does
 * nothing, except that a failing close still closes.
 */
export function failingCalls(folder: string, fault: Fault): FailingCalls {
  const calls = aroundCalls(folder, () => {
    const isHit = fault.isLasting ? calls.calls >= fault.first : calls.calls === fault.first
    if (!isHit) return undefined
    calls.failed += 1
    return Object.assign(new Error(`${fault.code}: made to fail`), { code: fault.code })
  })
  return calls
}

/** Delays one of the calls that touch a folder: something else happens before it. */
export function delayedCall(folder: string, { at, meanwhile }: Delay): FailingCalls {
  let isInside = false
  let left = typeof at === 'number' ? at : Number.POSITIVE_INFINITY
  const calls = aroundCalls(folder, (name, target) => {
    if (isInside) return undefined
    if (typeof at !== 'number' && name === at.name && target === at.target) left = at.plus + 1
    left -= 1
    if (left !== 0) return undefined
    calls.failed += 1
    isInside = true
    meanwhile()
    isInside = false
    return undefined
  })
  return calls
}

function aroundCalls(
  folder: string,
  before: (name: string, target: unknown) => Error | undefined,
): FailingCalls & { failed: number } {
  const descriptors = new Set<unknown>()
  const real = new Map<string, Call>()
  const state = { calls: 0, failed: 0, heal }
  const modules = fs as unknown as Record<string, Call>

  const isOurs = (target: unknown): boolean =>
    typeof target === 'string' ? target.startsWith(folder) : descriptors.has(target)
  const failure = (name: string, target: unknown): Error | undefined => {
    state.calls += 1
    return before(name, target)
  }

  for (const name of SYNCHRONOUS) {
    replace(name, (call) => (...args) => {
      if (!isOurs(args[0])) return call(...args)
      const error = failure(name, args[0])
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
      const error = failure(name, args[0])
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
