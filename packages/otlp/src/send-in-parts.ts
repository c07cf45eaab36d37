import type { Rejection } from './partial-success.js'
import { SendError } from './send-error.js'

/**
 * Sends items, in halves where they are too many for one request.
 *
 * @param told is told what became of each part: taken, wholly or but for some, or refused because of
 * one item that is too large by itself.
 * @throws SendError where they were not taken for another reason. What was told of is settled.
 */
export async function sendInParts<Item>(
  send: (items: Item[]) => Promise<Rejection | undefined>,
  items: Item[],
  told: {
    taken: (items: Item[], rejection: Rejection | undefined) => void
    tooLarge: (item: Item, error: SendError) => void
  },
): Promise<void> {
  let rejection: Rejection | undefined
  try {
    rejection = await send(items)
  } catch (error) {
    if (!(error instanceof SendError && error.isTooLarge)) throw error
    const [first, ...others] = items
    if (first !== undefined && others.length === 0) return told.tooLarge(first, error)
    const middle = Math.ceil(items.length / 2)
    await sendInParts(send, items.slice(0, middle), told)
    await sendInParts(send, items.slice(middle), told)
    return
  }
  told.taken(items, rejection)
}
