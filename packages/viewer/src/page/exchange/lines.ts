/** A line of a text as it is shown: a long one is cut into several, of which the first has a number. */
export type ShownLine = { key: string; number: string; text: string }

/** A wider row would make a browser slow, and nobody reads it. */
const WIDEST = 400

/** @param isPretty lays JSON out, where it is JSON. */
export function linesOf(bytes: Uint8Array, isPretty: boolean): ShownLine[] {
  const text = new TextDecoder().decode(bytes)
  const lines: ShownLine[] = []
  for (const [index, line] of (isPretty ? laidOut(text) : text).split('\n').entries()) {
    for (let at = 0; at === 0 || at < line.length; at += WIDEST) {
      lines.push({
        key: `${index}:${at}`,
        number: at === 0 ? `${index + 1}` : '',
        text: line.slice(at, at + WIDEST),
      })
    }
  }
  return lines
}

function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
      .split('\n')
      .map((line) => laidOutEvent(line))
      .join('\n')
  }
}

/** The data of an event of a stream. */
function laidOutEvent(line: string): string {
  if (!line.startsWith('data: {')) return line
  try {
    return `data: ${JSON.stringify(JSON.parse(line.slice(6)), null, 2)}`
  } catch {
    return line
  }
}
