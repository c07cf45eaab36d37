/**
 * A page of Markdown without links to missing files: the words of a link stay; pictures, and table
 * rows about a missing file, go.
 *
 * @param isThere whether a file exists at a relative path.
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
