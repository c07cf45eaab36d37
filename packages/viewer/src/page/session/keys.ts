import { address, TABS } from '../address.js'
import { isHelpOpen } from '../help.js'
import { type OpenSession, select } from './open-session.js'

/** Handles the keyboard shortcuts of a session's page, unless something is being typed. */
export function onKeys(session: OpenSession): () => void {
  const act = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (event.key === '?') isHelpOpen.value = true
    else if (event.key === 'Escape') clear()
    else if (event.key === 'j') step(session, 1)
    else if (event.key === 'k') step(session, -1)
    else if (event.key === 'e') step(session, 1, ({ kind }) => kind === 'exchange')
    else if (event.key === 'E') step(session, -1, ({ kind }) => kind === 'exchange')
    else if (event.key === 'x') step(session, 1, ({ tone }) => tone === 'bad' || tone === 'open')
    else {
      const tab = TABS[Number(event.key) - 1]
      if (tab === undefined) return
      address.tab.value = tab
    }
    event.preventDefault()
  }
  window.addEventListener('keydown', act)
  return () => window.removeEventListener('keydown', act)
}

function clear(): void {
  if (isHelpOpen.value) isHelpOpen.value = false
  else if (address.range.value !== undefined) address.range.value = undefined
  else address.selection.value = undefined
}

type Items = OpenSession['items']['value']

function step(
  session: OpenSession,
  by: number,
  isWanted: (item: Items[number]) => boolean = () => true,
): void {
  const items = session.items.value
  const now = session.selected.value
  let index = now === undefined ? (by > 0 ? -1 : items.length) : items.indexOf(now)
  do index += by
  while (index >= 0 && index < items.length && !isWanted(items[index] as Items[number]))
  const next = items[index]
  if (next !== undefined) select(next)
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName)
}
