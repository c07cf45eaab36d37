const NAME = 'tacho-token'

/**
 * Takes the token that the page was opened with: it comes in the fragment, which no server and no
 * log sees, moves to this tab's own storage, and is removed from the address.
 */
export function takenToken(): string | undefined {
  const words = new URLSearchParams(location.hash.slice(1))
  const given = words.get('token')
  if (given === null) return sessionStorage.getItem(NAME) ?? undefined
  sessionStorage.setItem(NAME, given)
  words.delete('token')
  history.replaceState(null, '', `#${words}`)
  return given
}
