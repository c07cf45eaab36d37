/** A line of a text as shown: a long one is cut into several, the first of which has a number. */
export type ShownLine = { number: number | undefined; text: string }

/** Lines in a form that passes quickly between threads, however many they are. */
export type PackedLines = {
  text: string
  /** Where each begins and ends. */
  starts: Uint32Array<ArrayBuffer>
  ends: Uint32Array<ArrayBuffer>
  /** 0 if it continues the line before. */
  numbers: Uint32Array<ArrayBuffer>
}

/** A wider row would slow a browser down, and nobody reads it. */
const WIDEST = 400

/** @param isPretty indent the text if it is JSON. */
export function packedLines(bytes: Uint8Array, isPretty: boolean): PackedLines {
  const plain = new TextDecoder().decode(bytes)
  const text = isPretty ? laidOut(plain) : plain
  const [starts, ends, numbers]: number[][] = [[], [], []]
  let number = 0
  for (let from = 0; from <= text.length; ) {
    const found = text.indexOf('\n', from)
    const to = found < 0 ? text.length : found
    number += 1
    for (let at = from; at === from || at < to; at += WIDEST) {
      starts?.push(at)
      ends?.push(Math.min(to, at + WIDEST))
      numbers?.push(at === from ? number : 0)
    }
    from = to + 1
  }
  const packed = (list: number[] = []) => Uint32Array.from(list)
  return { text, starts: packed(starts), ends: packed(ends), numbers: packed(numbers) }
}

/** The lines one by one, as a list needs them. */
export class Lines {
  readonly #packed: PackedLines
  readonly length: number

  constructor(packed: PackedLines) {
    this.#packed = packed
    this.length = packed.starts.length
  }

  at(index: number): ShownLine | undefined {
    const { text, starts, ends, numbers } = this.#packed
    if (index < 0 || index >= this.length) return undefined
    return { number: numbers[index] || undefined, text: text.slice(starts[index], ends[index]) }
  }
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

/** Indents the data of a stream's event. */
function laidOutEvent(line: string): string {
  if (!line.startsWith('data: {')) return line
  try {
    return `data: ${JSON.stringify(JSON.parse(line.slice(6)), null, 2)}`
  } catch {
    return line
  }
}
