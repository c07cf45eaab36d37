const BLOCK_CHARACTERS = 256 * 1024

/** Joins the pieces of a text to blocks: writing each piece by itself takes much longer. */
export async function* inBlocks(
  pieces: Iterable<string> | AsyncIterable<string>,
): AsyncGenerator<string> {
  let block = ''
  for await (const piece of pieces) {
    block += piece
    if (block.length < BLOCK_CHARACTERS) continue
    yield block
    block = ''
  }
  yield block
}
