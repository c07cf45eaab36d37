/**
 * How often to repeat what is repeated as often as time permits: in `npm test`, and in `npm run
 * soak`.
 */
export function extent(inTest: number, inSoak: number): number {
  return isSoak ? inSoak : inTest
}

/** Some rows of a table, spread over it; in `npm run soak`, all of them. */
export function some<Row>(rows: readonly Row[], most: number): readonly Row[] {
  if (isSoak || rows.length <= most) return rows
  return Array.from({ length: most }, (_, at) => rows[Math.floor((at * rows.length) / most)] as Row)
}

export const isSoak = process.env.TACHO_SOAK === '1'
