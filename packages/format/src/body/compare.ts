// Four 32-bit reads per step compare 4 GB/s in V8 at any alignment. Byte by byte it is 0.7, and
// 64-bit reads, which allocate BigInts, 0.2 (bench/body-codec.ts prints this machine's figures).
const STEP = 16

/** Counts the equal bytes from `leftAt` and `rightAt` on, at most `limit`. */
export function commonPrefix(
  left: Uint8Array,
  leftAt: number,
  right: Uint8Array,
  rightAt: number,
  limit: number,
): number {
  let same = 0
  if (limit >= STEP && left[leftAt] === right[rightAt]) {
    const wideLeft = viewOf(left)
    const wideRight = viewOf(right)
    const last = limit - STEP
    while (same <= last && isSameStep(wideLeft, leftAt + same, wideRight, rightAt + same)) {
      same += STEP
    }
  }
  while (same < limit && left[leftAt + same] === right[rightAt + same]) same += 1
  return same
}

/** Counts the equal bytes that end before `leftEnd` and `rightEnd`, at most `limit`. */
export function commonSuffix(
  left: Uint8Array,
  leftEnd: number,
  right: Uint8Array,
  rightEnd: number,
  limit: number,
): number {
  let same = 0
  if (limit >= STEP && left[leftEnd - 1] === right[rightEnd - 1]) {
    const wideLeft = viewOf(left)
    const wideRight = viewOf(right)
    const last = limit - STEP
    while (
      same <= last &&
      isSameStep(wideLeft, leftEnd - same - STEP, wideRight, rightEnd - same - STEP)
    ) {
      same += STEP
    }
  }
  while (same < limit && left[leftEnd - 1 - same] === right[rightEnd - 1 - same]) same += 1
  return same
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

function isSameStep(left: DataView, leftAt: number, right: DataView, rightAt: number): boolean {
  return (
    ((left.getInt32(leftAt, true) ^ right.getInt32(rightAt, true)) |
      (left.getInt32(leftAt + 4, true) ^ right.getInt32(rightAt + 4, true)) |
      (left.getInt32(leftAt + 8, true) ^ right.getInt32(rightAt + 8, true)) |
      (left.getInt32(leftAt + 12, true) ^ right.getInt32(rightAt + 12, true))) ===
    0
  )
}
