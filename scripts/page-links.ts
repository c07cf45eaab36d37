/**
 * A page of Markdown without the links to files that are not there: their words stay. Pictures and rows
 * of a table that are about such a file go.
 *
 * @param isThere whether there is a file at a relative path.
 */
export function withoutDeadLinks(page: string, isThere: (path: string) => boolean): string {
  const isDead = (target: string): boolean =>
    !/^(?:[a-z]+:|#)/.test(target) && !isThere(target.replace(/#.*/, ''))
  return page
    .split('\n')
    .flatMap((line) => {
      const [, row] = /^\| \[[^\]]+\]\(([^)\s]+)\) \|/.exec(line) ?? []
      if (row !== undefined && isDead(row)) return []
      const [, picture] = /^!\[[^\]]*\]\(([^)\s]+)\)$/.exec(line) ?? []
      if (picture !== undefined && isDead(picture)) return []
      return [
        line.replace(
          /\[((?:[^\]\\]|\\.)+)\]\(([^)\s]+)\)/g,
          (link, words: string, target: string) => (isDead(target) ? words : link),
        ),
      ]
    })
    .join('\n')
}
