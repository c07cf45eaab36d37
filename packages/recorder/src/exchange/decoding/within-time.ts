import vm from 'node:vm'

const script = new vm.Script('work()')
let context: { work?: () => void } | undefined

/**
 * Runs synchronous JavaScript and stops it if it takes too long: a few bytes of body can be made to
 * keep a decoder busy for hours.
 *
 * @throws if it is stopped, or if the work throws.
 */
export function withinTime<Result>(milliseconds: number, work: () => Result): Result {
  context ??= vm.createContext({}) as { work?: () => void }
  const results: Result[] = []
  context.work = () => void results.push(work())
  try {
    script.runInContext(context as vm.Context, { timeout: milliseconds })
  } finally {
    delete context.work
  }
  return results[0] as Result
}
