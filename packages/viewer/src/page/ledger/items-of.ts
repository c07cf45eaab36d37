import type { ItemKind } from '../address.js'
import type { OpenSession } from '../session/open-session.js'
import type { Item } from '../session/story.js'

/** Returns the items of one kind in the current time range. */
export function itemsOf<Kind extends ItemKind>(
  { items }: OpenSession,
  kind: Kind,
): Extract<Item, { kind: Kind }>[] {
  return items.value.filter((item) => item.kind === kind) as Extract<Item, { kind: Kind }>[]
}
