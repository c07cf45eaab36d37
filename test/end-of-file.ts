const works: (() => unknown)[] = []

/**
 * Does something at the end of the test file that is running. The files of a worker share this
 * module, and an `afterAll` in it would belong to the first of them alone.
 */
export function atEndOfFile(work: () => unknown): void {
  works.push(work)
}

/** Does what was put off until now, the last first. */
export async function endFile(): Promise<void> {
  for (const work of works.splice(0).reverse()) await work()
}
