/**
 * Matches both words in either order: tools and APIs phrase an error in endless ways, but they name
 * a thing and what is wrong with it.
 */
export function both(what: string, wrong: string): RegExp {
  return new RegExp(`(?:${what}).{0,120}(?:${wrong})|(?:${wrong}).{0,120}(?:${what})`, 'is')
}
