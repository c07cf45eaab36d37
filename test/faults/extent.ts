/** How often something is done that is done as often as there is time: in `npm test`, and in `npm run soak`. */
export function extent(inTest: number, inSoak: number): number {
  return isSoak ? inSoak : inTest
}

export const isSoak = process.env.TACHO_SOAK === '1'
