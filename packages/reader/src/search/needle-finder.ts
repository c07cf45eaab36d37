import type { SearchPattern } from './pattern.js'

/** Finds the next place in a block, from a byte on, at which a pattern may match; the block's length where there is none. */
export type NextHit = (from: number) => number

/** How a pattern's needle is looked for; where it has none, it may match everywhere. */
export function needleFinder({
  needle,
  isCaseSensitive,
}: SearchPattern): (block: Buffer) => NextHit {
  if (needle === undefined) return () => (from) => from
  if (isCaseSensitive) {
    const bytes = Buffer.from(needle)
    return (block) => (from) => {
      const at = block.indexOf(bytes, from)
      return at < 0 ? block.length : at
    }
  }
  // Where case is ignored, `k` and `s` have a relative beyond ASCII each: K (Kelvin) and ſ.
  const runs = needle.split(/[ks]+/i).sort((one, other) => other.length - one.length)
  const [run = ''] = runs
  if (run.length < 2) return () => (from) => from
  const expression = new RegExp(run.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'gi')
  return (block) => {
    const text = block.toString('latin1')
    return (from) => {
      expression.lastIndex = from
      return expression.exec(text)?.index ?? block.length
    }
  }
}
