/** Tools and APIs word what went wrong in endless ways, but name a thing and what is wrong with it: in either order. */
export function both(what: string, wrong: string): RegExp {
  return new RegExp(`(?:${what}).{0,120}(?:${wrong})|(?:${wrong}).{0,120}(?:${what})`, 'is')
}
