import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Checks a page with axe-core, by the rules of WCAG 2.2 up to AA. */
export class AxeBuilder {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  /** The violations, one per line. */
  async violations(): Promise<string[]> {
    // Bypasses the page's policy, which allows no other script, as a debugger does.
    const session = await this.#page.context().newCDPSession(this.#page)
    await session.send('Runtime.evaluate', { expression: SOURCE })
    const { result } = await session.send('Runtime.evaluate', {
      expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
        .then(({ violations }) => violations.flatMap(({ id, nodes }) =>
          nodes.map(({ target, failureSummary }) => id + ' ' + target.join(' ') + ' ' + failureSummary)))`,
      awaitPromise: true,
      returnByValue: true,
    })
    await session.detach()
    return result.value
  }
}
