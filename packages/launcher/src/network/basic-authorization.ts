/**
 * Returns the header that a client derives from the user in a base URL
 * (`http://user:password@host`): Basic, decoded. Codex sends it if it has no key for the provider,
 * which would use the same header. (0.169, measured.)
 *
 * @returns the value of `Authorization`; undefined if the URL names no user.
 */
export function basicAuthorization(url: URL): string | undefined {
  const { username, password } = url
  if (username === '' && password === '') return undefined
  const user = `${decode(username)}:${decode(password)}`
  return `Basic ${Buffer.from(user).toString('base64')}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
