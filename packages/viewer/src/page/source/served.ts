import { follow } from './follow.js'
import { type Source, SourceError } from './source.js'

/** Makes the source that is the page's own server. */
export function servedSource(token: string): Source {
  const headers = { authorization: `Bearer ${token}` }

  async function ask(path: string, signal?: AbortSignal): Promise<Response> {
    let response: Response
    try {
      response = await fetch(path, { headers, cache: 'no-store', ...(signal && { signal }) })
    } catch {
      throw new SourceError(0, 'Tacho does not answer any more. Start it again: tacho view')
    }
    if (response.ok) return response
    throw new SourceError(response.status, wordsOf(response.status))
  }

  const json = async <Answer>(path: string, signal?: AbortSignal): Promise<Answer> =>
    (await ask(path, signal)).json()
  const session = (id: string): string => `/api/sessions/${encodeURIComponent(id)}`
  const exchange = (id: string, number: number): string => `${session(id)}/exchanges/${number}`

  return {
    hasList: true,
    sessions: () => json('/api/sessions'),
    verdict: (id, signal) => json(`${session(id)}/verdict`, signal),
    explanation: (id) => json(`${session(id)}/explanation`),
    exchange: (id, number) => json(exchange(id, number)),
    async body(id, number, side, range) {
      const part = range === undefined ? '' : `?from=${range.from}&to=${range.to}`
      const response = await ask(`${exchange(id, number)}/${side}${part}`)
      return new Uint8Array(await response.arrayBuffer())
    },
    conversation: (id, number) => json(`${exchange(id, number)}/conversation`),
    message: (id, number, list, message) =>
      json(`${exchange(id, number)}/conversation/${list}/${message}`),
    context: (id) => json(`${session(id)}/context`),
    compare: (one, other) =>
      json(
        `${exchange(one.session, one.number)}/compare/${encodeURIComponent(other.session)}/${other.number}`,
      ),
    log: (id, from) => json(`${session(id)}/log?from=${from}`),
    events: (id, from) => json(`${session(id)}/events?from=${from}`),
    follow(id, follower) {
      const stop = new AbortController()
      void follow(() => ask(`${session(id)}/changes`, stop.signal), follower, stop.signal)
      return () => stop.abort()
    },
  }
}

function wordsOf(status: number): string {
  if (status === 401)
    return 'This page was opened by another run of Tacho. Open it again: tacho view'
  if (status === 404) return 'That is not there (any more).'
  if (status === 409) return 'A later Tacho has recorded this. Update Tacho and open it again.'
  return `Tacho could not answer (${status}).`
}
