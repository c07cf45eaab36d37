import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The files that take longest come first. Some of them are short, and Vitest, which begins with
 * large files where it knows no times, would leave them for an end at which one worker is busy.
 */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

const LONG =
  /\/test\/(?:parity|package|hostile-folders|security\/regular|faults\/(?:kill|failing|starting)|diagnosis\/diagnosis|agents\/opencode\/opencode-waits|launcher\/taps\/http\/(?:never|wire\/head-cutter))/

// biome-ignore lint/style/noDefaultExport: Vitest reads the default export
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // What takes seconds takes a minute on a busy machine.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // What breaks one of them may break a hundred more, each of which ends at its time limit.
    bail: 12,
    expect: { poll: { timeout: 90_000 } },
    // More than the two cores of CI, because many tests wait for an agent.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
    // The files of a worker share what they import: importing it for each file took as long as half
    // of the tests do. So a test puts back what it changes in its process.
    isolate: false,
    // At the end of each file, what its tests made is removed.
    setupFiles: ['test/setup.ts'],
    // A worker that is blocked is named, and ends.
    reporters: ['default', './test/stuck-files.ts'],
    // The packages are tested as they are built and as users load them: by Node and not by Vite.
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
  },
})
