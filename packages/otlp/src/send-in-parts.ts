import type { Rejection } from './partial-success.js'
import { SendError } from './send-error.js'

/**
 * Sends items, halving the batch if it is too large for one request.
 *
 * @param told hears the result of each part: accepted, in whole or in part, or rejected because a
 * single item is too large.
 * @throws SendError if a part was not accepted for another reason. Parts already reported are
 * settled.
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
