import vm from 'node:vm'

const script = new vm.Script('work()')
let context: { work?: () => void } | undefined

/**
 * Does work that runs in JavaScript, and breaks it off where it takes too long: a body can be made to
 * keep a decoder busy for hours with a few bytes.
 *
 * @throws where it is broken off, or the work throws.
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
