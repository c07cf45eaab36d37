import { address } from './address.js'
import { Help, isHelpOpen } from './help.js'
import { SessionView } from './session/session-view.js'
import { SessionsView } from './sessions/sessions-view.js'
import type { Source } from './source/source.js'

/** The page. */
export function App({ source }: { source: Source }) {
  const session = address.session.value
  return (
    <>
      {session === undefined ? (
        <SessionsView source={source} />
      ) : (
        <SessionView key={session} source={source} id={session} />
      )}
      <footer>
        <button type="button" class="link" onClick={() => (isHelpOpen.value = true)}>
          keys (?)
        </button>
      </footer>
      <Help />
    </>
  )
}
