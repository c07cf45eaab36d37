/** Which control characters a text may keep because they shape it. */
export type Shape = 'one-line' | 'lines'

/**
 * Makes recorded text safe to show: control characters, escape sequences, bidirectional controls
 * and other invisible characters become visible, such as `\x1b` or `\u{202e}`. With `lines`,
 * newlines and tabs stay.
 */
export function printable(text: string, shape: Shape = 'one-line'): string {
  return text.replace(shape === 'lines' ? UNSEEN_BUT_LINES : UNSEEN, visible)
}

/** Makes bytes safe to show: what is not UTF-8 becomes `\xNN`, the rest is {@link printable}. */
export function printableBytes(bytes: Uint8Array, shape: Shape = 'one-line'): string {
  const whole = decode(bytes)
  if (whole !== undefined) return printable(whole, shape)
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(RUNS, (run) => {
      const part = Buffer.from(run, 'latin1')
      const text = decode(part)
      return text === undefined ? [...part].map(hex).join('') : printable(text, shape)
    })
}

/**
 * Does what {@link printableBytes} does for bytes that come in parts, which can end within a
 * character.
 */
export function printableStream(shape: Shape): {
  push: (bytes: Uint8Array) => string
  end: () => string
} {
  let held = Buffer.alloc(0)
  return {
    push(bytes) {
      const whole = Buffer.concat([held, bytes])
      const cut = whole.length - unfinished(whole)
      held = whole.subarray(cut)
      return printableBytes(whole.subarray(0, cut), shape)
    },
    end: () => printableBytes(held, shape),
  }
}

// Cc: controls; Cf: formats, including bidirectional and zero-width ones; Zl, Zp: line and
// paragraph separators; Cs: halves of surrogate pairs.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
const UNSEEN_BUT_LINES = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

const NAMED = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return NAMED.get(character) ?? (code < 0x80 ? hex(code) : `\\u{${code.toString(16)}}`)
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decode(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

// What could be a multi-byte character, with one code unit per byte.
const RUNS = /[\0-\x7f]+|[\xc2-\xf4][\x80-\xbf]{1,3}|[\x80-\xff]/g

// How many bytes at the end begin a character whose other bytes are still to come.
function unfinished(bytes: Uint8Array): number {
  for (let count = 1; count <= Math.min(3, bytes.length); count += 1) {
    const byte = bytes[bytes.length - count] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return count < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? count : 0
  }
  return 0
}
