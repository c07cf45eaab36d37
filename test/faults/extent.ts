/**
 * How often to repeat what is repeated as often as time permits: in `npm test`, and in `npm run
 * soak`.
 */
export function extent(inTest: number, inSoak: number): number {
  return isSoak ? inSoak : inTest
}

export const isSoak = process.env.TACHO_SOAK === '1'
