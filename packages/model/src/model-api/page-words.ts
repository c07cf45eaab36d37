/** Enough of a page to hold its title. */
export const PAGE_CHARACTERS = 4_000
const WORDS_CHARACTERS = 300

/**
 * Returns what a page says that a proxy, a load balancer or a gateway sent in place of the API's
 * error: the title of HTML, else its text; undefined if there is none.
 */
export function pageWords(page: string): string | undefined {
  const isHtml = /^\s*</.test(page)
  const title = isHtml ? /<title[^<>]*>([^<]*)</i.exec(page)?.[1] : undefined
  const said = title?.trim() || (isHtml ? textOf(page) : page)
  const words = said.replace(/\s+/g, ' ').trim().slice(0, WORDS_CHARACTERS)
  return words === '' ? undefined : words
}

function textOf(page: string): string {
  return page.replace(/<(script|style)\b[^<>]*>[^<]*/gi, ' ').replace(/<[^<>]*>/g, ' ')
}
