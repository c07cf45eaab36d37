/**
 * Returns the version in Codex's user agent (0.169): `<originator>/<version> (<system>) …`. The
 * originator is Codex itself, or the client of its app-server.
 */
export function versionOf(userAgent: string, originator: string | undefined): string | undefined {
  const isCodex = /^codex[\w-]*\//.test(userAgent)
  if (!isCodex && (originator === undefined || !userAgent.startsWith(`${originator}/`)))
    return undefined
  const version = userAgent.slice(isCodex ? userAgent.indexOf('/') : originator?.length)
  return /^\/(\d[\w.+-]{0,40})(?=\s|$)/.exec(version)?.[1]
}
