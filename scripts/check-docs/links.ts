import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import type { Page } from './page.js'
import type { Problem } from './problem.js'

/** Links to files that do not exist, or to headings that a page does not have. */
export function brokenLinks(root: string, pages: readonly Page[]): Problem[] {
  const anchors = new Map(pages.map((page) => [page.file, page.anchors]))
  return pages.flatMap((page) =>
    page.links.flatMap(({ line, target }) => {
      const message = whatIsWrong(root, page.file, target, anchors)
      return message === undefined ? [] : [{ file: page.file, line, message }]
    }),
  )
}

function whatIsWrong(
  root: string,
  from: string,
  target: string,
  anchors: ReadonlyMap<string, ReadonlySet<string>>,
): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? from : normalize(join(dirname(from), decodeURIComponent(path)))
  if (file.startsWith('..')) return `the link ${target} leads out of the repository`
  if (!existsSync(join(root, file)))
    return `the link ${target} leads to ${file}, which is not there`
  const known = anchors.get(file)
  if (anchor === undefined || known === undefined || known.has(`#${anchor}`)) return undefined
  return `${file} has no heading #${anchor}; it has ${[...known].join(' ')}`
}
